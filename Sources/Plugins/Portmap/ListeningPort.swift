import Glibc
import NetworkTypes
import PluginModel
import System

/// A port of the node on which a program may listen already.
struct ListeningPort {
  private let port: HostPort
  private let family: AddressFamily

  init(_ port: HostPort, _ family: AddressFamily) { (self.port, self.family) = (port, family) }

  /// Tries to take the port ourselves, and lets go of it at once. False for SCTP, of which not every kernel has sockets.
  ///
  /// Connections of a program that has ended do not count (SO_REUSEADDR, socket(7)).
  var isTaken: Bool {
    let type: __socket_type
    switch port.transport {
    case .tcp: type = SOCK_STREAM
    case .udp: type = SOCK_DGRAM
    case .sctp: return false
    }
    let descriptor = socket(family == .ipv4 ? AF_INET : AF_INET6, Int32(type.rawValue | SOCK_CLOEXEC.rawValue), 0)
    guard descriptor >= 0 else { return false }
    defer { close(descriptor) }
    var on: Int32 = 1
    let size = socklen_t(MemoryLayout<Int32>.size)
    // A UDP socket with this option shares its port with any other that has it.
    if port.transport == .tcp { setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &on, size) }
    if family == .ipv6 { setsockopt(descriptor, Int32(IPPROTO_IPV6), IPV6_V6ONLY, &on, size) }
    return bind(descriptor) != 0 && errno == EADDRINUSE
  }

  private func bind(_ descriptor: Int32) -> Int32 {
    let bytes = port.address?.bytes ?? [UInt8](repeating: 0, count: family.byteCount)
    func call<T>(_ address: T) -> Int32 {
      withUnsafePointer(to: address) {
        $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { Glibc.bind(descriptor, $0, socklen_t(MemoryLayout<T>.size)) }
      }
    }
    switch family {
    case .ipv4:
      var address = sockaddr_in()
      address.sin_family = sa_family_t(AF_INET)
      address.sin_port = port.port.bigEndian
      withUnsafeMutableBytes(of: &address.sin_addr) { $0.copyBytes(from: bytes) }
      return call(address)
    case .ipv6:
      var address = sockaddr_in6()
      address.sin6_family = sa_family_t(AF_INET6)
      address.sin6_port = port.port.bigEndian
      withUnsafeMutableBytes(of: &address.sin6_addr) { $0.copyBytes(from: bytes) }
      return call(address)
    }
  }
}
