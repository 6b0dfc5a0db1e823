import CLinux
import CNI
import Glibc

/// The environment of an external plugin: the runtime's, with the variables of this call in place of those of Braid's own call.
///
/// Variables that steer the loader, the C library's internals or the Swift runtime are left out. They were set for Braid's process, and
/// would load code into every plugin or change how it works.
enum DelegateEnvironment {
  /// Set in every delegate's environment (`ExternalDelegate.guardVariable`).
  private static let guardEntry = "\(ExternalDelegate.guardVariable)=1"

  /// The entries, each `NAME=value`. Values are passed on byte by byte: they need not be UTF-8.
  static func entries(_ variables: [(Variable, String)], of own: [[UInt8]] = inherited()) -> [[UInt8]] {
    var names = Set(Variable.allCases.filter { $0 != .netnsOverride }.map { Array($0.rawValue.utf8) })
    names.insert(Array(ExternalDelegate.guardVariable.utf8))
    let passed = own.filter { entry in
      guard let end = entry.firstIndex(of: UInt8(ascii: "=")), end > 0 else { return false }
      return !names.contains(Array(entry[..<end])) && !isWithheld(entry[..<end])
    }
    return passed + (variables.map { "\($0.0.rawValue)=\($0.1)" } + [guardEntry]).map { Array($0.utf8) }
  }

  /// ld.so(8), malloc(3), iconv_open(3) and locale(7) name these variables; `SWIFT_BACKTRACE` and its like are those of the Swift
  /// runtime and of its test library.
  private static func isWithheld(_ name: ArraySlice<UInt8>) -> Bool {
    prefixes.contains { name.starts(with: $0.utf8) } || whole.contains { name.elementsEqual($0.utf8) }
  }

  private static let prefixes = ["LD_", "MALLOC_", "SWIFT"]
  private static let whole = ["GLIBC_TUNABLES", "GCONV_PATH", "GETCONF_DIR", "LOCPATH"]

  /// The entries of this process (environ(7)).
  private static func inherited() -> [[UInt8]] {
    var entries: [[UInt8]] = []
    var next = clinux_environment()
    while let entry = next?.pointee {
      entries.append(UnsafeBufferPointer(start: entry, count: strlen(entry)).map { UInt8(bitPattern: $0) })
      next = next?.successor()
    }
    return entries
  }
}
