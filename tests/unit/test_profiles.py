"""How models run here and on a GPU: profiles, batches when memory runs out, weights that are unloaded, CUDA as the doctor sees it."""

from __future__ import annotations

import logging
import time

import pytest

from models import profiles
from models.batch import Batch
from models.cuda import Driver, Needs, of_ctranslate2
from models.profiles import CPU, CUDA
from models.warm import Warm
from models.windows import merged
from service.domain.span import Span
from service.errors import InvalidOptions, ModelError
from service.settings import Settings
from service.stages import QUEUES
from workers.cli_serve import served
from workers.doctor import judge_cuda

WITH_12, WITH_13 = Needs("CTranslate2 4.8.5", 12), Needs("torch 2.14.1", 13)
WITHOUT = Needs("torch 2.14.1+cpu", None)


class TestAProfile:
    def test_of_a_cpu_takes_all_cores_and_every_queue(self) -> None:
        profile = profiles.of(Settings(profile="cpu"))
        assert (profile.device, profile.compute_type, profile.batch, profile.queues) == ("cpu", "int8", 1, QUEUES)
        assert profile.threads >= 1

    def test_of_a_gpu_takes_batches_and_leaves_the_rest_to_others(self) -> None:
        assert (CUDA.compute_type, CUDA.queues) == ("float16", ("gpu",))
        assert CUDA.batch > CPU.batch
        assert CUDA.part_seconds > CPU.part_seconds

    def test_gives_way_to_what_the_settings_say(self) -> None:
        profile = profiles.of(Settings(device="cpu", compute_type="float32", batch=4, threads=3, part_seconds=0, idle_seconds=5))
        assert (profile.compute_type, profile.batch, profile.threads, profile.part_seconds) == ("float32", 4, 3, 0)
        assert profile.idle_seconds == 5

    @pytest.mark.parametrize(("threads", "streams"), [(1, 1), (2, 2), (3, 3), (16, 4)])
    def test_of_a_cpu_shares_its_threads_among_streams(self, threads: int, streams: int) -> None:
        profile = profiles.of(Settings(profile="cpu", threads=threads))
        assert (profile.threads, profile.streams) == (threads, streams)
        assert profile.part_seconds == CPU.part_seconds * streams, "each stream has a window to listen to"

    @pytest.mark.parametrize(("profile", "device"), [("cpu", "cuda:0"), ("cuda", "cpu")])
    def test_that_contradicts_the_device_is_refused(self, profile: str, device: str) -> None:
        with pytest.raises(ModelError, match=f"EARMARK_PROFILE is {profile}, but EARMARK_DEVICE is {device}"):
            profiles.of(Settings(profile=profile, device=device))


class TestAWorker:
    def test_serves_what_its_profile_says_or_what_it_is_told(self) -> None:
        assert served(CPU, None, 4) == QUEUES
        assert served(CUDA, None, 1) == ("gpu",)
        assert served(CUDA, "gpu, align", 1) == ("gpu", "align")

    def test_has_a_gpu_to_one_process(self) -> None:
        with pytest.raises(InvalidOptions, match="one process serves a GPU"):
            served(CUDA, None, 2)


class TestABatch:
    """The work stands for a GPU: above what its memory holds it raises what CTranslate2 raises."""

    def work(self, size: int, holds: int, asked: list[int]) -> str:
        asked.append(size)
        if size > holds:
            raise RuntimeError("CUDA failed with error out of memory")
        return "heard"

    def test_that_is_too_much_is_halved_for_good_and_said(self, caplog: pytest.LogCaptureFixture) -> None:
        asked: list[int] = []
        batch = Batch(16, "set EARMARK_BATCH to less")
        with caplog.at_level(logging.WARNING):
            heard = [batch.run(lambda size: self.work(size, 8, asked)) for _ in range(2)]
        assert (heard, asked) == (["heard", "heard"], [16, 8, 8])
        assert caplog.messages == ["out of memory; batches are of 8 from now on"]

    @pytest.mark.parametrize("holds", [[8, 4], [4]], ids=["later", "at once"])
    def test_is_halved_once_only_and_then_says_the_way_out(self, holds: list[int]) -> None:
        asked: list[int] = []
        batch = Batch(16, "set EARMARK_BATCH to less")
        for enough in holds[:-1]:
            batch.run(lambda size: self.work(size, enough, asked))  # noqa: B023  called here and now
        with pytest.raises(ModelError, match="out of memory with a batch of 8; set EARMARK_BATCH to less"):
            batch.run(lambda size: self.work(size, holds[-1], asked))
        assert sorted(set(asked), reverse=True) == [16, 8]

    def test_of_one_cannot_be_halved(self) -> None:
        asked: list[int] = []
        with pytest.raises(ModelError, match="with a batch of 1; take a smaller model"):
            Batch(1, "take a smaller model").run(lambda size: self.work(size, 0, asked))
        assert asked == [1]

    @pytest.mark.parametrize(
        "error",
        [
            RuntimeError("cuBLAS failed with status CUBLAS_STATUS_ALLOC_FAILED"),
            MemoryError("batch_size ( 32) is probably too large. Try with a smaller value until memory error disappears."),
        ],
    )
    def test_knows_what_other_libraries_say(self, error: Exception) -> None:
        def work(size: int) -> int:
            if size > 8:
                raise error
            return size

        assert Batch(16, "").run(work) == 8

    @pytest.mark.parametrize("error", [RuntimeError("Library libcublas.so.12 is not found or cannot be loaded"), MemoryError()])
    def test_does_not_hide_another_error(self, error: Exception) -> None:
        def work(_: int) -> None:
            raise error

        with pytest.raises(type(error)) as raised:
            Batch(16, "").run(work)
        assert raised.value is error


class TestWarmWeights:
    def test_serve_one_job_after_another_and_go_when_nobody_uses_them(self) -> None:
        made: list[int] = []
        warm = Warm(lambda: made.append(1) or object(), idle_seconds=0.2)  # type: ignore[func-returns-value]
        with warm.in_use() as first, warm.in_use() as second:
            assert first is second
            time.sleep(0.4)
            assert warm.is_loaded, "unloaded while in use"
        until = time.monotonic() + 10
        while warm.is_loaded:
            assert time.monotonic() < until, "never unloaded"
            time.sleep(0.02)
        with warm.in_use():
            assert len(made) == 2

    def test_that_cannot_be_loaded_are_tried_again_at_the_next_use(self) -> None:
        tried: list[int] = []

        def make() -> str:
            tried.append(1)
            if len(tried) == 1:
                raise OSError("no such file")
            return "weights"

        warm = Warm(make, idle_seconds=60)
        with pytest.raises(OSError, match="no such file"), warm.in_use():
            pass
        with warm.in_use() as weights:
            assert weights == "weights"


class TestCudaAsTheDoctorSeesIt:
    def test_two_majors_side_by_side_are_well(self) -> None:
        finding = judge_cuda([WITH_12, WITH_13], Driver(13, 0), wanted="auto")
        assert finding.verdict == "ok"
        assert "CTranslate2 4.8.5 wants CUDA 12, torch 2.14.1 wants CUDA 13" in finding.said

    def test_a_library_that_is_not_found_is_named_with_the_package_that_has_it(self) -> None:
        finding = judge_cuda([Needs("CTranslate2 4.8.5", 12, ("libcublas.so.12",)), WITH_13], Driver(13, 0), wanted="auto")
        assert finding.verdict == "wrong"
        assert "CTranslate2 4.8.5 finds no libcublas.so.12: pip install nvidia-cublas-cu12" in finding.said

    def test_a_driver_too_old_for_one_of_them_is_named_with_the_one_that_serves(self) -> None:
        finding = judge_cuda([WITH_12, WITH_13], Driver(12, 4), wanted="cuda")
        assert finding.verdict == "wrong"
        assert "torch 2.14.1 wants CUDA 13, and the driver serves 12.4 at most: install driver 580 or newer" in finding.said
        assert "CTranslate2" not in finding.said

    @pytest.mark.parametrize(("wanted", "verdict"), [("auto", "ok"), ("cpu", "ok"), ("cuda:0", "wrong")])
    def test_no_driver_matters_only_to_who_wants_a_gpu(self, wanted: str, verdict: str) -> None:
        finding = judge_cuda([WITH_12, WITH_13], None, wanted)
        assert finding.verdict == verdict
        assert ("install it until nvidia-smi shows the GPU" in finding.said) == (verdict == "wrong")

    @pytest.mark.parametrize(("wanted", "verdict"), [("auto", "note"), ("cpu", "ok"), ("cuda", "wrong"), ("cuda:0", "wrong")])
    @pytest.mark.parametrize("needs", [[WITH_12, WITHOUT], [Needs("CTranslate2 4.8.5", None), WITH_13]], ids=["torch", "CTranslate2"])
    def test_a_library_without_cuda_is_an_obstacle_to_who_asks_for_a_gpu(self, needs: list[Needs], wanted: str, verdict: str) -> None:
        finding = judge_cuda(needs, Driver(13, 0), wanted)
        assert finding.verdict == verdict
        assert f"{next(n.library for n in needs if not n.major)} was built without CUDA" in finding.said
        assert ("pip install --force-reinstall" in finding.said) == (verdict == "wrong")

    def test_a_library_that_is_not_found_is_no_obstacle_on_a_processor(self) -> None:
        assert judge_cuda([Needs("CTranslate2 4.8.5", 12, ("libcublas.so.12",))], Driver(13, 0), "cpu").verdict == "ok"

    def test_what_ctranslate2_wants_is_read_from_its_own_library(self) -> None:
        needs = of_ctranslate2()
        if needs.major is None:
            pytest.skip("this CTranslate2 was built without CUDA")
        assert needs.major >= 12
        assert set(needs.missing) <= {f"libcublasLt.so.{needs.major}", f"libcublas.so.{needs.major}"}


def test_windows_are_put_together_up_to_a_batch() -> None:
    spans = [Span(n * 100, (n + 1) * 100) for n in range(5)]
    assert list(merged(spans, 250)) == [Span(0, 200), Span(200, 400), Span(400, 500)]
    assert list(merged(spans, 50)) == spans
    assert list(merged([], 50)) == []
