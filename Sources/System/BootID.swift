import Glibc

/// The kernel's name for this boot, new after every start (random(4)).
package enum BootID {
  package static func current() throws(SystemError) -> String {
    let path = "/proc/sys/kernel/random/boot_id"
    let file = try OwnedDescriptor.open(path, flags: O_RDONLY)
    var buffer = [UInt8](repeating: 0, count: 64)
    let count = file.read(&buffer)
    guard count > 0 else { throw .call(.read, on: path, Errno(rawValue: errno)) }
    return String(decoding: buffer[..<count].prefix { $0 != 0x0a }, as: UTF8.self)
  }
}
