import Glibc

/// What a user is told of a fault of ours, whether an error that nothing expects or the end of the process by a trap.
enum Fault {
  private static let text: StaticString =
    "braidctl: this is a fault of braidctl, not of your files. Please report it, with the command and its input.\n"

  static var request: String { text.description }

  /// Makes a trap of this process (a failed precondition, a bad access, a stack that is used up) end it with status 70.
  static func catchTraps() {
    let size = 65536
    // A handler needs a stack of its own where the process's is used up.
    var stack = stack_t(ss_sp: malloc(size), ss_flags: 0, ss_size: size)
    sigaltstack(&stack, nil)
    for number in [SIGILL, SIGTRAP, SIGABRT, SIGBUS, SIGFPE, SIGSEGV] {
      var action = sigaction()
      action.__sigaction_handler.sa_handler = { _ in
        // Nothing but system calls is safe here.
        _ = write(STDERR_FILENO, Fault.text.utf8Start, Fault.text.utf8CodeUnitCount)
        _exit(70)
      }
      action.sa_flags = Int32(bitPattern: UInt32(SA_ONSTACK)) | Int32(bitPattern: UInt32(SA_RESETHAND))
      sigaction(number, &action, nil)
    }
  }
}
