/// The exit status of every command of `braidctl`. It is the same in every output format.
package enum ExitStatus: Int32, Error, Sendable {
  case clean = 0
  /// There is something to mend, and it has been printed.
  case findings = 1
  /// The command line cannot be understood.
  case usage = 2
  /// A file cannot be read, or the answer cannot be written.
  case unreadable = 3
  /// A fault of braidctl itself (EX_SOFTWARE of sysexits(3)).
  case internalError = 70
}
