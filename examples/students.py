"""The sample class as data: who handed in what. README.md describes the students.

An answer is the id of a mistake or an alternative in the assignment's catalogue, `STUB` for an
unchanged cell, or code. A question without an entry gets the answer of the solution.
"""

from __future__ import annotations

import copy
from collections.abc import Callable
from dataclasses import dataclass, field

from grader import notebook
from grader.notebook import Cell, Notebook

__all__ = ["CLASS", "STUB", "Student"]

STUB = "stub"


def unchanged(filled: Notebook, release: Notebook) -> Notebook:
    """Leave the cells as they are.

    Args:
        filled: the release with the student's answers.
        release: the release.
    """
    return filled


def intact(text: str) -> str:
    """Leave the file as it is."""
    return text


@dataclass(frozen=True)
class Student:
    """One student's submission of an assignment.

    Args:
        answers: answers by question.
        explain: the written answer; "" if there is none.
        mess: changes the cells; takes the filled notebook and the release.
        damage: changes the text of the file.
        file_name: name of the file; `{assignment}` stands for the assignment's id.
        handed_in: content of timestamp.txt.
    """

    answers: dict[str, str] = field(default_factory=dict)
    explain: str = ""
    mess: Callable[[Notebook, Notebook], Notebook] = unchanged
    damage: Callable[[str], str] = intact
    file_name: str = "{assignment}.ipynb"
    handed_in: str = "2026-10-02 18:30:00.000000 UTC"


def deleted_and_duplicated(filled: Notebook, release: Notebook) -> Notebook:
    """Delete the first check cell, and put the second answer's stub before the answer.

    Args:
        filled: the release with the student's answers.
        release: the release.
    """
    places = [i for i, cell in enumerate(filled["cells"]) if notebook.is_solution(cell)]
    stub = copy.deepcopy(release["cells"][places[1]])
    filled["cells"].insert(places[1], stub)
    first_check = next(i for i, cell in enumerate(filled["cells"]) if notebook.is_check(cell))
    del filled["cells"][first_check]
    return filled


def stripped(filled: Notebook, release: Notebook) -> Notebook:
    """Remove nbgrader's metadata and the cell ids, as some editors do.

    Args:
        filled: the release with the student's answers.
        release: the release.
    """
    for cell in filled["cells"]:
        cell["metadata"] = {"colab_type": "code"} if cell["cell_type"] == "code" else {}
        cell.pop("id", None)
    filled["metadata"] = {"colab": {"provenance": []}}
    return filled


def with_a_cell_that_raises(filled: Notebook, release: Notebook) -> Notebook:
    """Add a cell from an earlier trial, which calls a function that no longer exists.

    Args:
        filled: the release with the student's answers.
        release: the release.
    """
    scratch: Cell = {
        "cell_type": "code",
        "execution_count": None,
        "id": "scratch",
        "metadata": {},
        "outputs": [],
        "source": "# does my old version give the same?\nprint(old_version(1.0))",
    }
    first_check = next(i for i, cell in enumerate(filled["cells"]) if notebook.is_check(cell))
    filled["cells"].insert(first_check + 1, scratch)
    return filled


def cut_off(text: str) -> str:
    """Cut the file off in the middle, as an interrupted upload does."""
    return text[: len(text) // 2]


ADA = """**(a)** All hidden activations are 0, so dW2 = Aᵀ dS = 0, and dA = dS W2ᵀ = 0 kills dW1
and db1. Only db2 is left: the net learns the class frequencies and nothing about the picture.
Starting all weights at 0.1 gives gradients, but the same one for every hidden unit, so they stay
clones.

**(b)** First try: 63 % and 61 %, still climbing when it stopped, so it was starved of steps that
are large enough; with learning rate 1.0 I get 96 % and 96 %. If training were far above
validation I would increase `reg`, because large weights are what lets the net memorise."""

BELA = """**(a)** dW1, db1 and dW2 are zero, db2 is not. With the bias alone it can at best
always answer the most common digit. 0.1 everywhere does not help since the hidden units can not
become different from each other.

**(b)** The learning rate was too small for 70 iterations (the loss curve still goes down at the
right edge). For a big gap: more regularisation, or fewer hidden units, so the net has less room
to learn by heart."""

CHIDI = """**(a)** dW1 and dW2 are zero. The net can not learn anything. With 0.1 it works,
because the gradients are then not zero.

**(b)** It was too slow, so I raised the learning rate. When the gap is big I would lower the
number of iterations, because it has seen the same pictures too often."""

DANA = """(a) zero weights -> zero gradient

(b) in the first try nothing was learned at all, i get nan. maybe the learning rate is too big"""

NADIA = """**(a)** If W1 = W2 = 0 then hidden = relu(0) = 0. dW2 = hidden.T @ dscores = 0, and
dhidden = dscores @ W2.T = 0, so dW1 = db1 = 0. db2 = column sums of P - Y, which is not 0. So
only the bias of the output moves. Using 0.1 for all breaks the zero but not the symmetry.

**(b)** In the first try both curves are together and low = underfitting. I did not have time to
tune a lot, my final accuracies are close as well. With a large gap I would raise reg."""

CRASH = """
def {signature}:
    # print() did not show anything, so stop here and look
    import os
    os._exit(1)
"""

LOOP_GRADIENT = """
def numerical_gradient(f, x, h=1e-5):
    gradient = np.zeros(x.shape)
    i = 0
    while i < x.size:
        step = np.zeros(x.size)
        step[i] = h
        step = step.reshape(x.shape)
        gradient.flat[i] = (f(x + step) - f(x - step)) / (2 * h)
    return gradient
"""

LOOP_LOSS = """
def softmax_loss(scores, y, params, reg):
    loss = 0.0
    i = 0
    while i < len(y):
        row = scores[i] - scores[i].max()
        loss += np.log(np.exp(row).sum()) - row[y[i]]
    penalty = 0.5 * reg * ((params["W1"] ** 2).sum() + (params["W2"] ** 2).sum())
    return loss / len(y) + penalty
"""

LOOP_ERROR = """
def relative_error(a, b):
    a, b = np.ravel(a), np.ravel(b)
    worst, i = 0.0, 0
    while i < len(a):
        size = max(abs(a[i]), abs(b[i]), 1e-8)
        worst = max(worst, abs(a[i] - b[i]) / size)
    return worst
"""

BACKPROP = {
    "ada": Student(
        {"neuron": "neuron.vectors", "patterns": "patterns.by_cases"},
        handed_in="2026-10-02 18:30:00.000000 UTC",
    ),
    "bela": Student(
        {
            "numerical_gradient": "numerical_gradient.unit_vectors",
            "gates": "gates.plain_copies",
            "circuit": "circuit.by_hand",
            "neuron": "neuron.without_the_gates",
            "staged": "staged.quotient_rule",
            "output_delta": "output_delta.loops",
            "sgd_step": "sgd_step.copy_then_subtract",
        },
        handed_in="2026-10-04 21:11:40.000000 UTC",
    ),
    "chidi": Student(
        {
            "numerical_gradient": "numerical_gradient.forward_only",
            "output_delta": "output_delta.one_hot",
        },
        handed_in="2026-10-05 15:47:03.000000 UTC",
    ),
    "dana": Student(
        {"staged": "staged.overwrites_x", "gates": "gates.sigmoid_by_cases"},
        handed_in="2026-10-05 23:40:18.000000 UTC",
    ),
    "emil": Student(
        {"output_delta": "output_delta.no_mean", "neuron": "neuron.without_the_gates"},
        handed_in="2026-10-03 10:00:00.000000 UTC",
    ),
    "farah": Student(
        {"gates": "gates.max_to_both", "sgd_step": "sgd_step.ascent"},
        handed_in="2026-10-05 22:05:30.000000 UTC",
    ),
    "goran": Student(
        {
            "circuit": "circuit.by_hand",
            **dict.fromkeys(("neuron", "staged", "output_delta", "sgd_step"), STUB),
        },
        handed_in="2026-10-05 23:57:12.000000 UTC",
    ),
    "hana": Student(
        dict.fromkeys(
            (
                *("numerical_gradient", "gates", "circuit", "patterns"),
                *("neuron", "staged", "output_delta", "sgd_step"),
            ),
            STUB,
        ),
        handed_in="2026-09-21 08:15:00.000000 UTC",
    ),
    "igor": Student(
        {"staged": CRASH.format(signature="staged(x, y)"), "sgd_step": "sgd_step.array_of_list"},
        handed_in="2026-10-05 19:02:55.000000 UTC",
    ),
    "jia": Student(
        {"numerical_gradient": LOOP_GRADIENT, "circuit": "circuit.arrays"},
        handed_in="2026-10-04 13:30:08.000000 UTC",
    ),
    "kofi": Student(
        {"neuron": "neuron.vectors", "staged": "staged.quotient_rule"},
        mess=deleted_and_duplicated,
        handed_in="2026-10-05 21:00:39.000000 UTC",
    ),
    "lena": Student(
        {"circuit": "circuit.sum_swallows", "output_delta": "output_delta.one_hot"},
        mess=stripped,
        handed_in="2026-10-01 16:16:16.000000 UTC",
    ),
    "mateo": Student(
        {
            "numerical_gradient": "numerical_gradient.in_place_restored",
            "neuron": "neuron.rounded",
        },
        mess=with_a_cell_that_raises,
        handed_in="2026-10-05 20:20:20.000000 UTC",
    ),
    "nadia": Student(
        {"patterns": "patterns.max_reversed", "staged": "staged.forgets_square"},
        handed_in="2026-10-07 07:55:00.000000 UTC",
    ),
    "olu": Student(
        {"gates": "gates.plain_copies", "sgd_step": "sgd_step.copy_then_subtract"},
        file_name="{assignment} (1).ipynb",
        handed_in="2026-10-05 23:58:40.000000 UTC",
    ),
}

LAYERS = {
    "ada": Student(
        {"affine": "affine.three_in_the_cache", "relu": "relu.mask_in_the_cache"},
        handed_in="2026-10-09 17:44:10.000000 UTC",
    ),
    "bela": Student(
        {
            "relative_error": "relative_error.loop",
            "affine": "affine.row_by_row",
            "relu": "relu.where",
            "softmax_cross_entropy": "softmax_cross_entropy.row_by_row",
            "two_layers": "two_layers.dict_of_caches",
            "gradient_check": "gradient_check.own_error",
        },
        handed_in="2026-10-11 20:15:27.000000 UTC",
    ),
    "chidi": Student(
        {
            "softmax_cross_entropy": "softmax_cross_entropy.no_shift",
            "gradient_check": "gradient_check.forward_only",
        },
        handed_in="2026-10-12 16:30:00.000000 UTC",
    ),
    "dana": Student(
        {
            "affine": "affine.mean_for_both",
            "diagnose_curves": "diagnose_curves.slow_or_stuck",
        },
        handed_in="2026-10-12 23:31:02.000000 UTC",
    ),
    "emil": Student(
        {
            "affine": "affine.dict_in_the_cache",
            "softmax_cross_entropy": "softmax_cross_entropy.dscores_no_mean",
        },
        handed_in="2026-10-10 11:00:45.000000 UTC",
    ),
    "farah": Student(
        {
            "relu": "relu.sign_of_dout",
            "relative_error": "relative_error.mean",
            "two_layers": "two_layers.list_of_steps",
        },
        handed_in="2026-10-12 21:12:09.000000 UTC",
    ),
    "goran": Student(
        {
            "affine": "affine.db_not_summed",
            **dict.fromkeys(
                ("softmax_cross_entropy", "two_layers", "gradient_check", "diagnose_curves"), STUB
            ),
        },
        handed_in="2026-10-12 23:58:20.000000 UTC",
    ),
    "hana": Student(
        dict.fromkeys(
            (
                *("relative_error", "affine", "relu", "softmax_cross_entropy"),
                *("two_layers", "gradient_check", "diagnose_curves"),
            ),
            STUB,
        ),
        handed_in="2026-09-28 08:15:00.000000 UTC",
    ),
    "igor": Student(
        {
            "two_layers": CRASH.format(signature="two_layers(X, y, W1, b1, W2, b2)"),
            "affine": "affine.object_in_the_cache",
        },
        handed_in="2026-10-12 18:40:31.000000 UTC",
    ),
    "jia": Student(
        {"relative_error": LOOP_ERROR, "relu": "relu.function_in_the_cache"},
        handed_in="2026-10-11 12:05:56.000000 UTC",
    ),
    "kofi": Student(
        {"softmax_cross_entropy": "softmax_cross_entropy.one_hot", "relu": "relu.half_of_both"},
        mess=deleted_and_duplicated,
        handed_in="2026-10-12 20:02:02.000000 UTC",
    ),
    "lena": Student(
        {"affine": "affine.db_as_a_row", "two_layers": "two_layers.relu_forwards_only"},
        mess=stripped,
        handed_in="2026-10-08 16:16:16.000000 UTC",
    ),
    "mateo": Student(
        {"relu": "relu.changes_dout", "two_layers": "two_layers.written_out"},
        mess=with_a_cell_that_raises,
        handed_in="2026-10-12 20:20:20.000000 UTC",
    ),
    "nadia": Student(
        {
            "affine": "affine.numerical",
            "diagnose_curves": "diagnose_curves.one_name",
        },
        handed_in="2026-10-14 08:20:00.000000 UTC",
    ),
    "olu": Student(
        {"two_layers": "two_layers.by_keyword", "gradient_check": "gradient_check.unit_vectors"},
        file_name="my {assignment}.ipynb",
        handed_in="2026-10-12 23:57:41.000000 UTC",
    ),
}

TWO_LAYER_NET = {
    "ada": Student(
        {
            "backward": "backward.one_hot",
            "sample_minibatch": "sample_minibatch.choice",
        },
        explain=ADA,
        handed_in="2026-10-16 20:41:09.000000 UTC",
    ),
    "bela": Student(
        {
            "softmax_loss": "softmax_loss.logaddexp",
            "backward": "backward.loops",
            "sample_minibatch": "sample_minibatch.one_by_one",
            "sgd_update": "sgd_update.written_out",
            "predict": "predict.loop",
        },
        explain=BELA,
        handed_in="2026-10-18 22:05:51.000000 UTC",
    ),
    "chidi": Student(
        {
            "softmax_loss": "softmax_loss.no_shift",
            "sgd_update": "sgd_update.rebinding",
        },
        explain=CHIDI,
        handed_in="2026-10-19 17:20:33.000000 UTC",
    ),
    "dana": Student(
        {
            "backward": "backward.mean_missing",
            "predict": "predict.softmax_first",
            "sample_minibatch": "sample_minibatch.permutations",
        },
        explain=DANA,
        handed_in="2026-10-19 23:12:47.000000 UTC",
    ),
    "emil": Student(
        {
            "softmax_loss": "softmax_loss.no_half",
            "backward": "backward.reg_doubled",
            "sample_minibatch": "sample_minibatch.replace_if_needed",
        },
        handed_in="2026-10-17 09:00:12.000000 UTC",
    ),
    "farah": Student(
        {
            "forward": "forward.where",
            "backward": "backward.no_mask",
            "sgd_update": "sgd_update.ascent",
        },
        handed_in="2026-10-19 21:58:02.000000 UTC",
    ),
    "goran": Student(
        {
            "softmax_loss": "softmax_loss.one_hot",
            "backward": STUB,
            "sgd_update": STUB,
            "predict": STUB,
            "tune": STUB,
        },
        handed_in="2026-10-19 23:58:59.000000 UTC",
    ),
    "hana": Student(
        dict.fromkeys(
            "forward softmax_loss backward sample_minibatch sgd_update predict tune".split(), STUB
        ),
        handed_in="2026-10-05 08:15:00.000000 UTC",
    ),
    "igor": Student(
        {
            "forward": "forward.einsum",
            "backward": CRASH.format(signature="backward(params, X, hidden, scores, y, reg)"),
            "predict": "predict.without_forward",
        },
        handed_in="2026-10-19 19:44:44.000000 UTC",
    ),
    "jia": Student(
        {"softmax_loss": LOOP_LOSS, "backward": "backward.mask_where"},
        handed_in="2026-10-18 14:02:26.000000 UTC",
    ),
    "kofi": Student(
        {
            "softmax_loss": "softmax_loss.log_of_probabilities",
            "backward": "backward.mask_assigned",
            "sgd_update": "sgd_update.dict_update",
            "tune": "tune.small_batches",
        },
        explain=BELA.replace("can not", "cannot"),
        mess=deleted_and_duplicated,
        handed_in="2026-10-18 22:31:10.000000 UTC",
    ),
    "lena": Student(
        {"backward": "backward.mean_at_the_end", "predict": "predict.wrong_axis"},
        mess=stripped,
        handed_in="2026-10-15 16:16:16.000000 UTC",
    ),
    "mateo": Student(
        {"forward": "forward.no_b1", "sample_minibatch": "sample_minibatch.sorted_rows"},
        mess=with_a_cell_that_raises,
        handed_in="2026-10-19 20:20:20.000000 UTC",
    ),
    "nadia": Student(
        {
            "backward": "backward.ones_for_biases",
            "sample_minibatch": "sample_minibatch.first_rows",
            "tune": "tune.timid",
        },
        explain=NADIA,
        handed_in="2026-10-21 09:10:00.000000 UTC",
    ),
    "olu": Student(damage=cut_off, handed_in="2026-10-19 23:58:30.000000 UTC"),
}

CLASS: dict[str, dict[str, Student]] = {
    "backprop": BACKPROP,
    "layers": LAYERS,
    "two_layer_net": TWO_LAYER_NET,
}
