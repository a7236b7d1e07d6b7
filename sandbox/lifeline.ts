import type { SandboxLimits } from '../records/run-config';

/**
 * POSIX shell that sets limits and becomes the program. Its stdin is a pipe that only the supervisor holds open: when
 * that closes, because the supervisor wants it or was itself killed, the watcher kills the process group.
 * SIGXFSZ is ignored, so that writing beyond a file's limit is refused with EFBIG instead of ending the program.
 * Arguments: cpu seconds, file size in blocks of 512 bytes, data segment in kB, number of files of control groups,
 * those files, then the command.
 */
const lifelineScript = `
exec 3<&0
{ read -r _ <&3; kill -KILL 0; } >/dev/null 2>&1 4<&- 5<&- 6<&- &
ulimit -c 0
ulimit -S -t "$1"; ulimit -H -t "$(($1 + 1))"
ulimit -f "$2"
ulimit -d "$3" 2>/dev/null
ulimit -n 1024
trap '' XFSZ
groups=$4
shift 4
while [ "$groups" -gt 0 ]; do
  echo $$ >"$1" || exit 125
  shift; groups=$((groups - 1))
done
exec "$@" </dev/null 3<&-
`;

/**
 * V8 has about 0.5 GB of address space writable before the first line runs (more with more cores), none of it used.
 * So the data limit is only the wall behind the sampled one: it refuses what would be taken between two samples.
 */
const runtimeDataBytes = 1024 ** 3;

/**
 * Arguments for /bin/sh that run `command` under the limits, tied to the life of the stdin pipe's other end.
 * @param groupFiles `cgroup.procs` files of the control groups that it enters
 */
export function lifelineArgs(
  command: readonly string[],
  limits: SandboxLimits,
  groupFiles: readonly string[],
): string[] {
  return [
    '-c',
    lifelineScript,
    'skillgrad-sandbox',
    String(Math.ceil(limits.cpuMs / 1000)),
    String(Math.ceil(limits.fileBytes / 512)),
    String(Math.ceil((limits.memoryBytes + runtimeDataBytes) / 1024)),
    String(groupFiles.length),
    ...groupFiles,
    ...command,
  ];
}
