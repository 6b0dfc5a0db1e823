import Glibc

/// The message about a fault of braidctl itself: an unexpected error, or a trap that ends the process.
enum Fault {
  private static let text: StaticString =
    "braidctl: this is a fault of braidctl, not of your files. Please report it, with the command and its input.\n"

  static var request: String { text.description }

  /// Installs signal handlers that print the message and end the process with status 70 after a trap: a failed precondition, a bad
  /// memory access, or a stack overflow.
  static func catchTraps() {
    let size = 65536
    // After a stack overflow a handler can only run on a stack of its own.
    var stack = stack_t(ss_sp: malloc(size), ss_flags: 0, ss_size: size)
    sigaltstack(&stack, nil)
    for number in [SIGILL, SIGTRAP, SIGABRT, SIGBUS, SIGFPE, SIGSEGV] {
      var action = sigaction()
      action.__sigaction_handler.sa_handler = { _ in
        // Only system calls are safe in a signal handler.
        _ = write(STDERR_FILENO, Fault.text.utf8Start, Fault.text.utf8CodeUnitCount)
        _exit(70)
      }
      action.sa_flags = Int32(bitPattern: UInt32(SA_ONSTACK)) | Int32(bitPattern: UInt32(SA_RESETHAND))
      sigaction(number, &action, nil)
    }
  }
}
