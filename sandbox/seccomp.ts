import * as os from 'node:os';

/**
 * System calls refused with EPERM, by number on x64 and arm64 (-1: not there). None is needed by a program that
 * reads and writes files; each has been a way out of a sandbox, or reaches state that belongs to the whole machine.
 */
const refused: Record<string, readonly [x64: number, arm64: number]> = {
  // New namespaces, above all a user namespace, give back the privileges that were dropped.
  unshare: [272, 97],
  setns: [308, 268],
  mount: [165, 40],
  umount2: [166, 39],
  pivot_root: [155, 41],
  chroot: [161, 51],
  open_tree: [428, 428],
  move_mount: [429, 429],
  fsopen: [430, 430],
  fsconfig: [431, 431],
  fsmount: [432, 432],
  fspick: [433, 433],
  mount_setattr: [442, 442],
  name_to_handle_at: [303, 264],
  open_by_handle_at: [304, 265],
  // Other processes.
  ptrace: [101, 117],
  process_vm_readv: [310, 270],
  process_vm_writev: [311, 271],
  kcmp: [312, 272],
  pidfd_getfd: [438, 438],
  perf_event_open: [298, 241],
  // Large, young parts of the kernel.
  bpf: [321, 280],
  io_uring_setup: [425, 425],
  io_uring_enter: [426, 426],
  io_uring_register: [427, 427],
  userfaultfd: [323, 282],
  add_key: [248, 217],
  request_key: [249, 218],
  keyctl: [250, 219],
  fanotify_init: [300, 262],
  // Memory that belongs to no process that could be measured.
  memfd_create: [319, 279],
  memfd_secret: [447, 447],
  shmget: [29, 194],
  msgget: [68, 186],
  mq_open: [240, 180],
  // The machine.
  init_module: [175, 105],
  finit_module: [313, 273],
  delete_module: [176, 106],
  kexec_load: [246, 104],
  kexec_file_load: [320, 294],
  reboot: [169, 142],
  swapon: [167, 224],
  swapoff: [168, 225],
  syslog: [103, 116],
  acct: [163, 89],
  quotactl: [179, 60],
  quotactl_fd: [443, 443],
  settimeofday: [164, 170],
  clock_settime: [227, 112],
  adjtimex: [159, 171],
  clock_adjtime: [305, 266],
  sethostname: [170, 161],
  setdomainname: [171, 162],
  vhangup: [153, 58],
  personality: [135, 92],
  iopl: [172, -1],
  ioperm: [173, -1],
  modify_ldt: [154, -1],
  uselib: [134, -1],
};

interface Architecture {
  /** AUDIT_ARCH_… of linux/audit.h. */
  audit: number;
  column: 0 | 1;
  clone: number;
  socket: number;
}

const architectures: Record<string, Architecture> = {
  x64: { audit: 0xc000_003e, column: 0, clone: 56, socket: 41 },
  arm64: { audit: 0xc000_00b7, column: 1, clone: 220, socket: 198 },
};

/** The same number everywhere. */
const clone3 = 435;
/** The first system call that this list was not made for (462: mseal); the x32 interface lies above it too. */
const firstUnknown = 463;
/** CLONE_NEWNS, CGROUP, UTS, IPC, USER, PID, NET (CLONE_NEWTIME is not in clone's reach). */
const newNamespaces = 0x0002_0000 | 0x0200_0000 | 0x0400_0000 | 0x0800_0000 | 0x1000_0000 | 0x2000_0000 | 0x4000_0000;
/** AF_UNIX, AF_INET, AF_INET6; AF_VSOCK, for one, would reach past the network namespace. */
const socketFamilies = [1, 2, 10];

const killProcess = 0x8000_0000;
const allow = 0x7fff_0000;
const errno = { EPERM: 1, ENOSYS: 38, EAFNOSUPPORT: 97 };
const refuse = (code: number): number => 0x0005_0000 | code;

/** Offsets in struct seccomp_data; arguments are 64 bits wide, both architectures are little-endian. */
const data = { number: 0, architecture: 4, argument0: 16 };

const opcode = { load: 0x20, ifEqual: 0x15, ifAtLeast: 0x35, ifAnyBit: 0x45, return: 0x06 };
type Instruction = readonly [code: number, ifTrue: number, ifFalse: number, value: number];

const load = (offset: number): Instruction => [opcode.load, 0, 0, offset];
const end = (action: number): Instruction => [opcode.return, 0, 0, action];
/** Ends with `action` where the test holds, and goes on behind it where not. */
const when = (test: number, value: number, action: number): Instruction[] => [[test, 0, 1, value], end(action)];

/**
 * The seccomp filter of the bubblewrap sandbox as a classic BPF program (an array of struct sock_filter), or null on a
 * processor that it was not written for.
 */
export function seccompProgram(arch: string = os.arch()): Buffer | null {
  const known = architectures[arch];
  if (known === undefined) return null;
  const numbers = Object.values(refused)
    .map((pair) => pair[known.column])
    .filter((number) => number >= 0);
  const cloneChecks = [load(data.argument0), ...when(opcode.ifAnyBit, newNamespaces, refuse(errno.EPERM)), end(allow)];
  const socketChecks = [
    load(data.argument0),
    ...socketFamilies.flatMap((family) => when(opcode.ifEqual, family, allow)),
    end(refuse(errno.EAFNOSUPPORT)),
  ];
  const program: Instruction[] = [
    load(data.architecture),
    // 32-bit calls have other numbers.
    [opcode.ifEqual, 1, 0, known.audit],
    end(killProcess),
    load(data.number),
    ...when(opcode.ifAtLeast, firstUnknown, refuse(errno.ENOSYS)),
    // Its flags lie in memory where a filter can't see them; libraries fall back to clone.
    ...when(opcode.ifEqual, clone3, refuse(errno.ENOSYS)),
    ...numbers.flatMap((number) => when(opcode.ifEqual, number, refuse(errno.EPERM))),
    [opcode.ifEqual, 0, cloneChecks.length, known.clone],
    ...cloneChecks,
    [opcode.ifEqual, 0, socketChecks.length, known.socket],
    ...socketChecks,
    end(allow),
  ];
  return assemble(program);
}

/** struct sock_filter: u16 code, u8 jt, u8 jf, u32 k. */
function assemble(program: readonly Instruction[]): Buffer {
  const bytes = Buffer.alloc(program.length * 8);
  program.forEach(([code, ifTrue, ifFalse, value], index) => {
    bytes.writeUInt16LE(code, index * 8);
    bytes.writeUInt8(ifTrue, index * 8 + 2);
    bytes.writeUInt8(ifFalse, index * 8 + 3);
    bytes.writeUInt32LE(value >>> 0, index * 8 + 4);
  });
  return bytes;
}
