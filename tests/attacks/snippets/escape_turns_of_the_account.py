"""Takes the turns of all processes of its account and of its group, named by account alone."""

ANSWER = """
def ask(action, *arguments):
    try:
        return action(*arguments)
    except OSError as error:
        return error.strerror

USER, GROUP = 3, 2
print("asked:", ask(os.setpriority, os.PRIO_USER, 0, 19), ask(os.setpriority, os.PRIO_PGRP, 0, 19))
for account in {os.getuid(), 0}:
    print("asked:", ask(os.setpriority, os.PRIO_USER, account, 19),
          ask(system_call, "ioprio_set", USER, account, 3 << 13),
          ask(system_call, "ioprio_set", GROUP, 0, 3 << 13))
"""
EVIDENCE = "asked: .*"
