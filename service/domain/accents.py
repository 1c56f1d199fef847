"""How other languages read the letters where they differ from English, as rules of the form described in `english`."""

FRENCH = r"""
eaux?(?=$|C) o ; ault?s?$ o ; aux?(?=$|C) o ; oi wA ; ou u ; oeu @ ; eu @ ; ch S ; j Z ; g(?=[eiy]) Z ; gu(?=[ei]) g
qu k ; gn nj ; eille?s?$ ej ; aille?s?$ Yj ; ille ij ; ien(?=$|[bcdfgjklpqrstvxz]) jEn
ai[nm](?=$|[bcdfgjklpqrstvxz]) an ; ai E ; [ae][nm](?=[bcdfgjklpqrstvxz]|t?$) An
[iu][nm](?=$|[bcdfgjklpqrstvxz]) an ; on(?=$|[bcdfgjklpqrstvxz]) On ; (?<=[a-z][a-z])er$ e ; e[zt]$ e
(?<=[a-z][a-z])es?$ _ ; (?<=[a-z][a-z])[tdsxpz]s?$ _ ; i(?=[aeo]) j ; h _ ; th t ; [iy] i ; u u ; a A
"""

GERMAN = r"""
sch S ; tsch C ; s(?=[pt][a-z]) S ; ^s(?=[aeiouy]) z ; ch k ; ei|ai|ey Y ; ie i ; eu Q ; au W ; aa A ; oe @ ; ue u
w v ; ^v f ; j j ; tz|z ts ; th t ; qu kv ; ig$ Ik ; e$ @ ; g(?=[eiy]) g ; h(?=$|C) _ ; i I ; u u ; o o ; a A
"""

ITALIAN = r"""
ci(?=[aou]) C ; c(?=[eiy]) C ; ch k ; gi(?=[aou]) J ; g(?=[ei]) J ; gh g ; gli lj ; gn nj ; sci(?=[aou]) S
sc(?=[ei]) S ; zz|z ts ; qu kw ; e e ; i i ; u u ; o o ; a A
"""

SPANISH = r"""
j h ; g(?=[ei]) h ; gu(?=[ei]) g ; ll j ; qu k ; c(?=[eiz]) s ; z s ; h(?!V)|^h _ ; v b ; y(?=V) j ; y i ; e e ; i i
u u ; o o ; a A
"""

PINYIN = r"""
zh J ; q C ; x S ; c(?!h) ts ; z z ; ui we ; iu jo ; ao W ; ai Y ; ei e ; ou o ; i i ; u u ; e @ ; o o ; a A
"""
