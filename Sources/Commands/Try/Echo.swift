import Glibc
import NetworkTypes
import System

/// An ICMP echo request (RFC 792, RFC 4443), as `ping` sends it.
struct Echo {
  let source: IPAddress
  let interface: InterfaceName
  let target: IPAddress
  static let tries = 3

  /// Sends up to three requests in the thread's namespace. True as soon as an answer comes.
  func isAnswered() throws(SystemError) -> Bool {
    let isV4 = target.family == .ipv4
    let number = socket(
      isV4 ? AF_INET : AF_INET6, Int32(SOCK_RAW.rawValue | SOCK_CLOEXEC.rawValue), Int32(isV4 ? IPPROTO_ICMP : IPPROTO_ICMPV6))
    guard number >= 0 else { throw .call(.open, on: "an ICMP socket", Errno(rawValue: errno)) }
    let socket = OwnedDescriptor(adopting: number)
    try bind(socket)
    for sequence in 1...UInt16(Self.tries) {
      let deadline = Monotonic.now() + Waits.echoAnswer
      // If nobody finds the host, sending fails (EHOSTUNREACH, ENETUNREACH). That counts as no answer.
      guard send(sequence, socket) else { continue }
      while case let left = deadline - Monotonic.now(), left > .zero {
        if receives(sequence, socket, within: left) { return true }
      }
    }
    return false
  }

  private func bind(_ socket: borrowing OwnedDescriptor) throws(SystemError) {
    let name = Array(interface.text.utf8)
    guard setsockopt(socket.rawValue, SOL_SOCKET, SO_BINDTODEVICE, name, socklen_t(name.count)) == 0,
      withAddress(source, { Glibc.bind(socket.rawValue, $0, $1) }) == 0
    else { throw .call(.open, on: "an ICMP socket on \(interface) with \(source)", Errno(rawValue: errno)) }
  }

  private func send(_ sequence: UInt16, _ socket: borrowing OwnedDescriptor) -> Bool {
    let message = Self.request(target.family, identifier: identifier, sequence: sequence)
    return withAddress(target) { sendto(socket.rawValue, message, message.count, 0, $0, $1) } == message.count
  }

  private func receives(_ sequence: UInt16, _ socket: borrowing OwnedDescriptor, within time: Duration) -> Bool {
    var wait = pollfd(fd: socket.rawValue, events: Int16(POLLIN), revents: 0)
    guard poll(&wait, 1, time.pollMilliseconds) > 0 else { return false }
    var buffer = [UInt8](repeating: 0, count: 2048)
    let count = recv(socket.rawValue, &buffer, buffer.count, Int32(MSG_DONTWAIT))
    return count > 0 && Self.isReply(buffer[..<count], target.family, identifier: identifier, sequence: sequence)
  }

  private var identifier: UInt16 { UInt16(truncatingIfNeeded: getpid()) }

  /// The eight bytes of a request. For ICMPv6 the kernel fills in the checksum.
  static func request(_ family: AddressFamily, identifier: UInt16, sequence: UInt16) -> [UInt8] {
    var bytes: [UInt8] = [family == .ipv4 ? 8 : 128, 0, 0, 0]
    for value in [identifier, sequence] { bytes += [UInt8(value >> 8), UInt8(value & 0xff)] }
    guard family == .ipv4 else { return bytes }
    // The ones' complement sum of RFC 1071. With so few words, the sum carries over at most once.
    let sum = stride(from: 0, to: bytes.count, by: 2).reduce(0 as UInt32) { $0 + UInt32(bytes[$1]) << 8 + UInt32(bytes[$1 + 1]) }
    let checksum = ~UInt16(truncatingIfNeeded: (sum & 0xffff) + sum >> 16)
    (bytes[2], bytes[3]) = (UInt8(checksum >> 8), UInt8(checksum & 0xff))
    return bytes
  }

  /// Whether a packet is the reply to the request. A raw socket of IPv4 delivers the IP header too, so it is skipped.
  static func isReply(_ packet: ArraySlice<UInt8>, _ family: AddressFamily, identifier: UInt16, sequence: UInt16) -> Bool {
    let header = family == .ipv4 ? Int((packet.first ?? 0) & 0xf) * 4 : 0
    let bytes = Array(packet.dropFirst(header))
    guard bytes.count >= 8, bytes[0] == (family == .ipv4 ? 0 : 129) else { return false }
    return UInt16(bytes[4]) << 8 | UInt16(bytes[5]) == identifier && UInt16(bytes[6]) << 8 | UInt16(bytes[7]) == sequence
  }
}

/// Runs `body` with the socket address of an IP address, port 0.
private func withAddress<T>(_ address: IPAddress, _ body: (UnsafePointer<sockaddr>, socklen_t) -> T) -> T {
  func run<S>(_ value: S) -> T {
    withUnsafePointer(to: value) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { body($0, socklen_t(MemoryLayout<S>.size)) }
    }
  }
  if address.family == .ipv4 {
    var value = sockaddr_in()
    value.sin_family = sa_family_t(AF_INET)
    withUnsafeMutableBytes(of: &value.sin_addr) { $0.copyBytes(from: address.bytes) }
    return run(value)
  }
  var value = sockaddr_in6()
  value.sin6_family = sa_family_t(AF_INET6)
  withUnsafeMutableBytes(of: &value.sin6_addr) { $0.copyBytes(from: address.bytes) }
  return run(value)
}
