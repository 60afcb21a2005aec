/** The process group of a process; a terminal's Ctrl-C goes to one of them. */
export function groupOf(pid: number): number {
  const stat = Deno.readTextFileSync(`/proc/${pid}/stat`);
  // After the name, in brackets: the state, the parent, the group.
  const [, , group] = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  return Number(group);
}

/** Whether a process runs, and has not ended as one that nobody waited for. */
export function isRunning(pid: number): boolean {
  return !/^[ZX]?$/.test(stateOf(pid));
}

/** Whether a process stands still. */
export function isStopped(pid: number): boolean {
  return stateOf(pid) === "T";
}

/** Its letter; none of a process that is not there. */
function stateOf(pid: number): string {
  try {
    const stat = Deno.readTextFileSync(`/proc/${pid}/stat`);
    // The name, in brackets, may hold anything.
    return stat.charAt(stat.lastIndexOf(")") + 2);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return "";
    throw error;
  }
}
