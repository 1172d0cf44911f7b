"""Changes modules, seeds and settings that the next submission would share."""

ANSWER = """
import builtins, decimal, locale, matplotlib, numpy.testing, random, warnings

np.random.seed(1), random.seed(1)
np.set_printoptions(precision=1)
np.seterr(all="raise")
np.sum_of_old, numpy.testing.assert_allclose = np.sum, None
np.dot = lambda *arguments: 0
builtins.divmod = None
warnings.simplefilter("error")
matplotlib.rcParams["figure.dpi"] = 1e9
decimal.getcontext().prec = 1
sys.displayhook = sys.excepthook = None
os.environ["PYTHONSTARTUP"] = outside.mark
os.umask(0o777)
sys.modules["helper"] = None
get_ipython().input_transformers_cleanup.clear()
print("changed", np.random.randint(1 << 30))
"""
EVIDENCE = r"changed \d+"
