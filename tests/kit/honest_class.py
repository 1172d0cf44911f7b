"""A class that works alone and writes alike: answers to `two_layer_net` with a style each.

There are only so many ways to write six short functions. Every student here has habits: how to
write a product, a sum, a row maximum; whether to unpack `params`; which names to use. They follow
the formulas of the notebook in their own order, and sometimes use an alternative or a mistake of
the assignment's catalogue. `copied` disguises another student's notebook.
"""

from __future__ import annotations

import ast
import copy
import random
import re
from collections.abc import Iterator

from grader.course.solution import replace_solution
from grader.judge.catalogue import Alternative, Catalogue, Mistake
from grader.notebook import Notebook, is_manual, is_solution, loads, question_of
from tests.kit.files import ROOT

ID = "two_layer_net"
RELEASE = loads((ROOT / "assignments" / ID / f"{ID}.ipynb").read_bytes())
CATALOGUE = Catalogue.from_source(
    (ROOT / "solutions" / ID / "mistakes.py").read_text(encoding="utf-8")
)
COMMENTS = (
    "the forward pass", "first layer", "now the second layer", "shift so exp does not overflow",
    "gradient of the scores", "mean over the batch", "only where the unit was active", "chain rule",
    "add regularisation", "pick random rows", "update everything", "see formula above", "TODO tidy",
)  # fmt: skip
SENTENCES = (
    "With all weights at zero the hidden layer is zero.", "Then dW2 is zero as well.",
    "Nothing reaches W1 because W2 is zero.", "Only the output bias b2 gets a gradient.",
    "So the net can only learn how frequent each class is.", "Equal weights keep all units equal.",
    "With 0.1 everywhere every hidden unit gets the same gradient.",
    "One needs random weights to break the symmetry.", "The symmetry is never broken.",
    "The first try learned too slowly.", "Its loss was still going down at the end.",
    "Both accuracies were low, which is underfitting.", "The learning rate was too small.",
    "A larger learning rate helped most for me.", "My tuned net reaches 97 percent on validation.",
    "If they were far apart I would raise reg.", "A large gap means overfitting.",
    "Then fewer hidden units would help too.", "More regularisation keeps the weights small.",
)  # fmt: skip


class Style:
    """One student's habits, drawn once."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)
        pick = self.random.choice
        self.product = pick(("{} @ {}", "{} @ {}", "np.dot({}, {})", "{}.dot({})"))
        self.method = pick((True, False))  # x.sum() rather than np.sum(x)
        self.unpacks = pick((True, False))
        self.N = pick(("len(y)", "y.shape[0]", "scores.shape[0]", "N"))
        self.quote = pick(("'", '"'))
        self.keeps = pick(("keepdims=True", "keepdims=True", "none", "reshape"))
        self.hidden_name = pick(("hidden", "h", "a", "A", "hidden_layer", "relu"))
        self.z = pick(("z", "Z", "pre", "z1", "linear", "affine"))
        self.p = pick(("p", "probs", "P", "prob", "softmax", "q"))
        self.ds = pick(("ds", "dscores", "dS", "delta", "d_scores", "dscore"))
        self.dh = pick(("dh", "dhidden", "dA", "dz", "d_hidden", "dZ"))
        self.comments = self.random.random() * 0.4
        self.in_place = pick((True, False))

    def w(self, key: str) -> str:
        return key if self.unpacks else f'params["{key}"]'

    def unpacking(self, keys: str) -> list[str]:
        if not self.unpacks:
            return []
        names = keys.split()
        if self.random.random() < 0.5:
            return [f'{name} = params["{name}"]' for name in names]
        return [", ".join(names) + " = " + ", ".join(f'params["{name}"]' for name in names)]

    def times(self, left: str, right: str) -> str:
        return self.product.format(left, right)

    def reduce(self, what: str, array: str, arguments: str = "") -> str:
        if self.method and re.fullmatch(r"\w+", array):
            return f"{array}.{what}({arguments})"
        return f"np.{what}({array}{', ' if arguments else ''}{arguments})"

    def per_row(self, what: str, array: str) -> str:
        if self.keeps == "keepdims=True":
            return self.reduce(what, array, "axis=1, keepdims=True")
        plain = self.reduce(what, array, "axis=1")
        return f"{plain}[:, None]" if self.keeps == "none" else f"{plain}.reshape(-1, 1)"

    def square(self, array: str) -> str:
        forms = (f"{array} ** 2", f"{array} * {array}", f"np.square({array})", f"{array}**2")
        return f"np.sum({self.random.choice(forms)})"

    def some(self, *ways: list[str]) -> list[str]:
        return list(self.random.choice(ways))

    def function(self, signature: str, lines: list[str]) -> str:
        shown = []
        for line in lines:
            if self.random.random() < self.comments:
                shown.append(f"    # {self.random.choice(COMMENTS)}")
            shown += [f"    {part}" for part in line.split("\n")]
            if self.random.random() < 0.1:
                shown.append("")
        text = f"def {signature}:\n" + "\n".join(shown)
        return text.replace('"', self.quote)


def forward(s: Style) -> str:
    z, h = s.z, s.hidden_name
    first = f"{s.times('X', s.w('W1'))} + {s.w('b1')}"
    bend = s.random.choice((f"np.maximum(0, {z})", f"np.maximum({z}, 0)", f"{z} * ({z} > 0)",
                            f"np.where({z} > 0, {z}, 0)", f"{z}.clip(min=0)"))  # fmt: skip
    body = s.some(
        [f"{z} = {first}", f"{h} = {bend}"],
        [f"{h} = np.maximum(0, {first})"],
        [f"{z} = {s.times('X', s.w('W1'))}", f"{z} = {z} + {s.w('b1')}", f"{h} = {bend}"],
        [f"{h} = {first}", f"{h}[{h} < 0] = 0"],
    )
    second = f"{s.times(h, s.w('W2'))} + {s.w('b2')}"
    end = s.some([f"scores = {second}", f"return scores, {h}"], [f"return {second}, {h}"])
    return s.function("forward(params, X)", s.unpacking("W1 b1 W2 b2") + body + end)


def probabilities(s: Style, p: str) -> list[str]:
    shift = s.random.choice(("shifted", "s", "stable", "scores_shifted"))
    return s.some(
        [
            f"{shift} = scores - {s.per_row('max', 'scores')}",
            f"e = np.exp({shift})",
            f"{p} = e / {s.per_row('sum', 'e')}",
        ],
        [
            f"e = np.exp(scores - {s.per_row('max', 'scores')})",
            f"{p} = e / {s.per_row('sum', 'e')}",
        ],
        [
            f"{p} = np.exp(scores - {s.per_row('max', 'scores')})",
            f"{p} /= {s.per_row('sum', p)}" if s.in_place else f"{p} = {p} / {s.per_row('sum', p)}",
        ],
    )


def softmax_loss(s: Style) -> str:
    p, N = s.p, s.N
    body = ["N = len(y)"] if N == "N" else []
    rows = s.random.choice((f"np.arange({N})", f"range({N})"))
    if s.random.random() < 0.6:
        body += probabilities(s, p)
        loss = s.some(
            [f"loss = -np.mean(np.log({p}[{rows}, y]))"],
            [f"loss = -np.log({p}[{rows}, y]).mean()"],
            [f"loss = -np.sum(np.log({p}[{rows}, y])) / {N}"],
            [f"correct = -np.log({p}[{rows}, y])", f"loss = {s.reduce('sum', 'correct')} / {N}"],
        )
    else:
        shift = s.random.choice(("shifted", "s", "stable", "t"))
        total = s.reduce("sum", f"np.exp({shift})", "axis=1")
        body += [f"{shift} = scores - {s.per_row('max', 'scores')}"]
        loss = s.some(
            [f"loss = np.mean(np.log({total}) - {shift}[{rows}, y])"],
            [f"log_sum = np.log({total})", f"loss = (log_sum - {shift}[{rows}, y]).mean()"],
            [f"loss = (np.log({total}) - {shift}[{rows}, y]).sum() / {N}"],
        )
    first, second = s.square(s.w("W1")), s.square(s.w("W2"))
    end = s.some(
        [f"loss += 0.5 * reg * ({first} + {second})", "return loss"],
        [f"penalty = {first} + {second}", "return loss + 0.5 * reg * penalty"],
        [f"loss += reg / 2 * {first}", f"loss += reg / 2 * {second}", "return loss"],
        [f"return loss + reg * ({first} + {second}) / 2"],
        [f"reg_loss = 0.5 * reg * ({first} + {second})", "return loss + reg_loss"],
    )
    lines = s.unpacking("W1 W2") + body + loss + end
    return s.function("softmax_loss(scores, y, params, reg)", lines)


def backward(s: Style) -> str:
    p, ds, dh, N = s.p, s.ds, s.dh, s.N
    body = ["N = X.shape[0]"] if N == "N" else []
    body += probabilities(s, p)
    body += s.some(
        [f"{ds} = {p}.copy()", f"{ds}[np.arange({N}), y] -= 1", f"{ds} /= {N}"],
        [f"{p}[np.arange({N}), y] -= 1", f"{ds} = {p} / {N}"],
        [f"Y = np.zeros_like({p})", f"Y[np.arange({N}), y] = 1", f"{ds} = ({p} - Y) / {N}"],
        [f"{ds} = {p}", f"{ds}[range({N}), y] -= 1", f"{ds} = {ds} / {N}"],
        ["Y = np.eye(scores.shape[1])[y]", f"{ds} = ({p} - Y) / {N}"],
    )
    up = s.times(ds, s.w("W2") + ".T")
    mask = s.some(
        [f"{dh} = {up}", f"{dh}[hidden <= 0] = 0"],
        [f"{dh} = ({up}) * (hidden > 0)"],
        [f"{dh} = {up}", f"{dh} = {dh} * (hidden > 0)"],
        [f"{dh} = np.where(hidden > 0, {up}, 0)"],
        ["mask = hidden > 0", f"{dh} = {up} * mask"],
    )
    value = {
        "W2": f"{s.times('hidden.T', ds)} + reg * {s.w('W2')}",
        "b2": s.reduce("sum", ds, "axis=0"),
        "W1": f"{s.times('X.T', dh)} + reg * {s.w('W1')}",
        "b1": s.reduce("sum", dh, "axis=0"),
    }
    order = s.random.choice(("W1 b1 W2 b2", "W2 b2 W1 b1", "W1 W2 b1 b2", "b1 b2 W1 W2")).split()
    before = [key for key in order if key.endswith("2")] if s.random.random() < 0.4 else []
    by_item = [f'grads["{key}"] = {value[key]}' for key in before]
    rest = [key for key in order if key not in before]
    end = s.some(
        ["grads = {}", *by_item, *mask, *(f'grads["{k}"] = {value[k]}' for k in rest),
         "return grads"],
        [*mask, *(f"d{k} = {value[k]}" for k in order),
         "return {" + ", ".join(f'"{k}": d{k}' for k in order) + "}"],
        [*mask, "return {\n" + "\n".join(f'    "{k}": {value[k]},' for k in order) + "\n}"],
    )  # fmt: skip
    signature = "backward(params, X, hidden, scores, y, reg)"
    return s.function(signature, s.unpacking("W1 W2") + body + end)


def sample_minibatch(s: Style) -> str:
    rows = s.random.choice(("rows", "idx", "indices", "i", "batch", "choice", "picked"))
    N = s.random.choice(("len(X)", "X.shape[0]", "len(y)", "y.shape[0]"))
    draw = s.random.choice((f"rng.integers({N}, size=batch_size)", f"rng.choice({N}, batch_size)",
                            f"rng.integers(0, {N}, batch_size)",
                            f"rng.choice({N}, size=batch_size, replace=True)"))  # fmt: skip
    end = s.some(
        [f"return X[{rows}], y[{rows}]"],
        [f"X_batch = X[{rows}]", f"y_batch = y[{rows}]", "return X_batch, y_batch"],
        [f"X_batch, y_batch = X[{rows}], y[{rows}]", "return X_batch, y_batch"],
    )
    return s.function("sample_minibatch(X, y, batch_size, rng)", [f"{rows} = {draw}", *end])


def sgd_update(s: Style) -> str:
    key = s.random.choice(("key", "k", "name", "param", "p"))
    lines = s.some(
        [f"for {key} in params:\n    params[{key}] -= learning_rate * grads[{key}]"],
        [f"for {key} in params:\n    params[{key}] = params[{key}] - learning_rate * grads[{key}]"],
        [f"for {key} in grads:\n    params[{key}] -= learning_rate * grads[{key}]"],
        [f"for {key}, g in grads.items():\n    params[{key}] -= learning_rate * g"],
        [f'params["{k}"] -= learning_rate * grads["{k}"]' for k in "W1 b1 W2 b2".split()],
        [f"for {key} in params.keys():\n    params[{key}] -= grads[{key}] * learning_rate"],
    )
    return s.function("sgd_update(params, grads, learning_rate)", lines)


def predict(s: Style) -> str:
    name = s.random.choice(("scores", "s", "out"))
    lines = s.some(
        [f"{name}, _ = forward(params, X)", f"return {s.reduce('argmax', name, 'axis=1')}"],
        [f"{name}, hidden = forward(params, X)", f"return np.argmax({name}, axis=1)"],
        [f"{name} = forward(params, X)[0]", f"labels = np.argmax({name}, axis=1)", "return labels"],
        ["return np.argmax(forward(params, X)[0], axis=1)"],
    )
    return s.function("predict(params, X)", lines)


def tune(s: Style) -> str:
    values = {
        "hidden_size": s.random.choice((50, 64, 80, 100, 128)),
        "learning_rate": s.random.choice((0.3, 0.5, 0.8, 1.0, 1.2)),
        "learning_rate_decay": s.random.choice((0.9, 0.95, 0.98, 0.99)),
        "reg": s.random.choice((1e-4, 1e-3, 5e-4, 0.0)),
        "num_iters": s.random.choice((300, 400, 500)),
        "batch_size": s.random.choice((32, 40, 50)),
    }
    pairs = list(values.items())
    if s.random.random() < 0.3:
        s.random.shuffle(pairs)
    lines = s.some(
        ["return {" + ", ".join(f'"{k}": {v}' for k, v in pairs) + "}"],
        ["return {\n" + "\n".join(f'    "{k}": {v},' for k, v in pairs) + "\n}"],
        ["return dict(" + ", ".join(f"{k}={v}" for k, v in pairs) + ")"],
        ["settings = {" + ", ".join(f'"{k}": {v}' for k, v in pairs) + "}", "return settings"],
    )
    return s.function("tune()", lines)


WRITERS = {
    writer.__name__: writer
    for writer in (forward, softmax_loss, backward, sample_minibatch, sgd_update, predict, tune)
}


def honest(seed: int) -> Notebook:
    """The notebook of one student who worked alone."""
    style = Style(seed)
    catalogue: list[Mistake | Alternative] = [*CATALOGUE.mistakes, *CATALOGUE.alternatives]
    notebook = copy.deepcopy(RELEASE)
    for cell in notebook["cells"]:
        question = question_of(cell) or ""
        if is_manual(cell):
            said = style.random.sample(SENTENCES, style.random.randint(4, 9))
            cell["source"] = " ".join(said)
        elif is_solution(cell):
            known = [entry.code for entry in catalogue if entry.question == question]
            code = WRITERS[question](style)
            if style.random.random() < 0.25:
                code = replace_solution(code, style.random.choice(known))
            if style.random.random() < 0.5:
                code = replace_solution(cell["source"], code)
            cell["source"] = code
    return notebook


def copied(original: Notebook, seed: int) -> Notebook:
    """A copy of another student's notebook, disguised.

    Names of variables and arguments, comments, docstrings, layout and quotes are changed, answer
    cells are reordered, and some words of the written answer are replaced.
    """
    chance = random.Random(seed)
    notebook = copy.deepcopy(original)
    for cell in notebook["cells"]:
        if is_manual(cell):
            cell["source"] = cell["source"].replace("zero", "0").replace("larger", "bigger")
        elif is_solution(cell):
            cell["source"] = _disguised(cell["source"], chance)
    places = [i for i, cell in enumerate(notebook["cells"]) if is_solution(cell)]
    cells = [notebook["cells"][i] for i in places]
    chance.shuffle(cells)
    for place, cell in zip(places, cells, strict=True):
        notebook["cells"][place] = cell
    return notebook


def _disguised(source: str, chance: random.Random) -> str:
    tree = ast.parse(source)
    names = {
        n.id for n in ast.walk(tree) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store)
    }
    names |= {n.arg for n in ast.walk(tree) if isinstance(n, ast.arg)}
    new = {
        name: f"{chance.choice('mytheq')}{name[::-1].lower()}_{i}"
        for i, name in enumerate(sorted(names))
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.Name) and node.id in new:
            node.id = new[node.id]
        elif isinstance(node, ast.arg):
            node.arg = new[node.arg]
        elif isinstance(node, ast.FunctionDef) and ast.get_docstring(node) is not None:
            node.body[0] = ast.Expr(ast.Constant("My own words."))
    return "\n".join(_commented(ast.unparse(ast.fix_missing_locations(tree)), chance))


def _commented(source: str, chance: random.Random) -> Iterator[str]:
    for line in source.split("\n"):
        if line.startswith("    ") and chance.random() < 0.3:
            yield line[: len(line) - len(line.lstrip())] + "# my comment on what follows"
        yield line
