import { openBubblewrap } from '../../sandbox/bubblewrap';
import { seccompProgram } from '../../sandbox/seccomp';
import { describeBubblewrap, fill, limits, temporaryDirectory } from './sandboxes';

const [allowed, notPermitted, noSuchCall, noSuchFamily, killed] = [0x7fff0000, 0x50001, 0x50026, 0x50061, 0x80000000];
const audit = { x64: 0xc000003e, arm64: 0xc00000b7 };

/** What the filter decides for a call: the few instructions of classic BPF that it is made of. */
function decide(program: Buffer, call: { audit: number; number: number; argument?: number }): number {
  const memory = new Map([
    [0, call.number],
    [4, call.audit],
    [16, call.argument ?? 0],
  ]);
  let accumulator = 0;
  for (let at = 0; at < program.length; at += 8) {
    const [code, jumpTrue, jumpFalse] = [
      program.readUInt16LE(at),
      program.readUInt8(at + 2),
      program.readUInt8(at + 3),
    ];
    const value = program.readUInt32LE(at + 4);
    const jump = (holds: boolean): void => void (at += 8 * (holds ? jumpTrue : jumpFalse));
    if (code === 0x20) accumulator = memory.get(value) ?? Number.NaN;
    else if (code === 0x15) jump(accumulator === value);
    else if (code === 0x35) jump(accumulator >= value);
    else if (code === 0x45) jump((accumulator & value) !== 0);
    else if (code === 0x06) return value;
    else throw new Error(`Instruction ${code}`);
  }
  throw new Error('The program has no end');
}

describe.each([
  [
    'x64',
    {
      clone: 56,
      unshare: 272,
      setns: 308,
      mount: 165,
      ptrace: 101,
      bpf: 321,
      keyctl: 250,
      socket: 41,
      read: 0,
      openat: 257,
      execve: 59,
    },
  ],
  [
    'arm64',
    {
      clone: 220,
      unshare: 97,
      setns: 268,
      mount: 40,
      ptrace: 117,
      bpf: 280,
      keyctl: 219,
      socket: 198,
      read: 63,
      openat: 56,
      execve: 221,
    },
  ],
] as const)('the filter for %s', (arch, numbers) => {
  const program = seccompProgram(arch) ?? Buffer.alloc(0);
  const verdict = (number: number, argument = 0): number => decide(program, { audit: audit[arch], number, argument });

  it('refuses what makes namespaces, mounts, or reaches other processes and the kernel', () => {
    const refused = [numbers.unshare, numbers.setns, numbers.mount, numbers.ptrace, numbers.bpf, numbers.keyctl];
    for (const number of refused) expect(verdict(number)).toBe(notPermitted);
    for (const number of [425, 426, 427]) expect(verdict(number)).toBe(notPermitted);
  });

  it('lets clone make threads and processes, but no namespace', () => {
    expect(verdict(numbers.clone, 0x3d0f00)).toBe(allowed);
    expect(verdict(numbers.clone, 17)).toBe(allowed);
    for (const flag of [0x20000, 0x2000000, 0x4000000, 0x8000000, 0x10000000, 0x20000000, 0x40000000]) {
      expect(verdict(numbers.clone, flag | 17)).toBe(notPermitted);
    }
    expect(verdict(435)).toBe(noSuchCall);
  });

  it('lets sockets be made of three families', () => {
    for (const family of [1, 2, 10]) expect(verdict(numbers.socket, family)).toBe(allowed);
    // Netlink, packet, Bluetooth, cryptography, virtual machines' sockets.
    for (const family of [16, 17, 31, 38, 40]) expect(verdict(numbers.socket, family)).toBe(noSuchFamily);
  });

  it('allows the rest, refuses what it does not know, and ends calls of another architecture', () => {
    for (const number of [numbers.read, numbers.openat, numbers.execve]) expect(verdict(number)).toBe(allowed);
    for (const number of [463, 1000, 0x40000000]) expect(verdict(number)).toBe(noSuchCall);
    expect(decide(program, { audit: 0x40000003, number: numbers.read })).toBe(killed);
  });
});

it('is not there for a processor that it was not written for', () => {
  expect(seccompProgram('riscv64')).toBeNull();
});

describeBubblewrap('system calls in bubblewrap', () => {
  it('are refused as the filter says, and no rights are left to regain', async () => {
    const sandbox = await openBubblewrap();
    if (!sandbox.languages.includes('.py')) return;
    // clone with CLONE_NEWUSER, clone3, unshare, setns, ptrace, memfd_create, a socket of virtual machines.
    const source = `
import ctypes, os, platform, socket
libc = ctypes.CDLL(None, use_errno=True)
x64 = platform.machine() == 'x86_64'
def call(name, x, arm, *arguments):
    result = libc.syscall(x if x64 else arm, *arguments)
    print(name, result, os.strerror(ctypes.get_errno()) if result < 0 else '')
call('clone', 56, 220, 0x10000000 | 17, 0, 0, 0, 0)
call('clone3', 435, 435, 0, 0)
call('unshare', 272, 97, 0x10000000)
call('setns', 308, 268, 0, 0)
call('ptrace', 101, 117, 0, 0, 0, 0)
call('memfd', 319, 279, b'm', 0)
try: socket.socket(40, socket.SOCK_STREAM)
except OSError as error: print('vsock', error.strerror)
try: os.setuid(0); print('root')
except OSError as error: print('setuid', error.strerror)
print([line.split()[1] for line in open('/proc/self/status') if line.startswith(('Cap', 'NoNewPrivs', 'Seccomp:'))])
`;
    const workDir = fill(temporaryDirectory(), { 'a.py': source });
    const { stdout, stderr } = await sandbox.run({ workDir, file: 'a.py', limits });
    expect(stderr).toBe('');
    const none = "'0000000000000000'";
    expect(stdout.trim().split('\n')).toEqual([
      'clone -1 Operation not permitted',
      'clone3 -1 Function not implemented',
      'unshare -1 Operation not permitted',
      'setns -1 Operation not permitted',
      'ptrace -1 Operation not permitted',
      'memfd -1 Operation not permitted',
      'vsock Address family not supported by protocol',
      expect.stringMatching(/^setuid (Operation not permitted|Invalid argument)$/),
      `[${[none, none, none, none, none].join(', ')}, '1', '2']`,
    ]);
  });

  it('see no process but those of the run', async () => {
    const sandbox = await openBubblewrap();
    const script = 'ls /proc | grep -c "^[0-9]"; kill -9 -1; cat /proc/1/environ 2>/dev/null | wc -c';
    const workDir = fill(temporaryDirectory(), { 'a.sh': script });
    const { stdout } = await sandbox.run({ workDir, file: 'a.sh', limits });
    expect(Number(stdout.split('\n')[0])).toBeLessThan(6);
    expect(() => process.kill(process.pid, 0)).not.toThrow();
  });

  it('find no descriptor that the worker has open', async () => {
    const sandbox = await openBubblewrap();
    const workDir = fill(temporaryDirectory(), { 'a.sh': 'for f in /proc/self/fd/*; do readlink $f; done' });
    const { stdout } = await sandbox.run({ workDir, file: 'a.sh', limits });
    const open = stdout.split('\n').filter((line) => line.startsWith('/') || line.startsWith('anon'));
    expect(
      open.filter((line) => line !== '/dev/null' && !line.startsWith('/work/') && !line.startsWith('/proc/')),
    ).toEqual([]);
  });
});
