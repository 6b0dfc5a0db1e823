// Runs libFuzzer with the target that FUZZ_TARGET names. The target comes by a variable because libFuzzer starts the program anew with only
// its own arguments. Without FUZZ_TARGET, it prints the names of the targets.
import Glibc

@_silgen_name("LLVMFuzzerRunDriver")
private func runDriver(
  _ argc: UnsafeMutablePointer<CInt>, _ argv: UnsafeMutablePointer<UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>>,
  _ input: @convention(c) (UnsafePointer<UInt8>?, Int) -> CInt
) -> CInt

/// The target. Set once before the driver starts; the driver uses one thread.
nonisolated(unsafe) private var target = FuzzTarget.configuration

guard let chosen = getenv("FUZZ_TARGET").flatMap({ FuzzTarget(rawValue: String(cString: $0)) }) else {
  print(FuzzTarget.allCases.map(\.rawValue).joined(separator: "\n"))
  exit(getenv("FUZZ_TARGET") == nil ? 0 : 2)
}
target = chosen
var words = CommandLine.unsafeArgv
var count = CommandLine.argc
let status = runDriver(&count, &words) { bytes, length in
  do throws(Violation) { try target.run(Array(UnsafeBufferPointer(start: bytes, count: length))) } catch {
    fatalError(error.description)
  }
  return 0
}
exit(status)
