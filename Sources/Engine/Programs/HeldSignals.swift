import Glibc

/// The signals of this process. Nothing but SIGKILL may end an operation half way, because nobody would learn what it has done.
enum HeldSignals {
  /// From now on every signal waits until the process ends.
  ///
  /// The default action of most signals is death: SIGXFSZ for a write past RLIMIT_FSIZE, SIGPIPE for an answer that nobody reads, SIGALRM
  /// of a timer that the runtime has left. The write then fails instead, which is an error like any other. SIGTERM and SIGINT end an
  /// external plugin that runs (`ChildProcess.Ending.stopped`), and with it an ADD. A fault of ours, such as SIGSEGV, ends the process as
  /// before.
  static func hold() {
    var all = sigset_t()
    sigfillset(&all)
    sigprocmask(SIG_SETMASK, &all, nil)
    // The runtime may ignore SIGCHLD, and we inherit that. We must learn of the end of our own children.
    signal(SIGCHLD, SIG_DFL)
  }
}
