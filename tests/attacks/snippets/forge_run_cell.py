"""Replaces the shell's own execution, so that one check passes without running."""

ANSWER = """
shell = get_ipython()
real_cell, real_code = shell.run_cell, shell.run_code

def succeed(source, *arguments, **named):
    return real_cell("pass" if "target" in source else source, *arguments, **named)

async def succeed_too(code, *arguments, **named):
    return False if "target" in code.co_names else await real_code(code, *arguments, **named)

shell.run_cell, shell.run_code = succeed, succeed_too
print("replaced", shell.run_cell is succeed)
"""
EVIDENCE = "replaced True"
STOCK = """
kernel = get_ipython().kernel
real = kernel.do_execute

async def succeed(code, *arguments, **named):
    return await real("pass" if "target" in code else code, *arguments, **named)

kernel.do_execute = succeed
"""
