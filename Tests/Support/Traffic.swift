import Glibc
import NetworkTypes
import System

/// Real exchanges of TCP and UDP between namespaces, by sockets that this process opens in them. No program runs there.
package enum Traffic {
  package enum Transport: String, Sendable, CaseIterable { case tcp, udp }

  /// How long a packet may take that never comes, in milliseconds. Those that come take well below one.
  private static let patience: Int32 = 1500

  /// A port of a namespace that answers. It is open as long as the value lives.
  package final class Server {
    fileprivate let descriptor: Int32
    fileprivate let transport: Transport

    /// Listens on all addresses of a family.
    package init(_ transport: Transport, _ family: AddressFamily, port: UInt16, in namespace: ScratchNamespace) throws {
      self.transport = transport
      descriptor = try namespace.visit { try Traffic.open(transport, family) }
      let any = SocketAddress(IPAddress(family: family, value: 0), port)
      guard any.with({ bind(descriptor, $0, $1) }) == 0, transport == .udp || listen(descriptor, 16) == 0 else {
        throw Failure("listen on port \(port)")
      }
    }

    deinit { close(descriptor) }

    /// Waits for one call, answers it, and gives the caller's address. Nil if none comes.
    fileprivate func answer() -> IPAddress? {
      guard Traffic.isReady(descriptor, POLLIN) else { return nil }
      var caller = SocketAddress()
      if transport == .udp {
        var byte: UInt8 = 0
        guard caller.fill({ recvfrom(descriptor, &byte, 1, 0, $0, $1) }) == 1 else { return nil }
        _ = caller.with { sendto(descriptor, [1 as UInt8], 1, Int32(MSG_NOSIGNAL), $0, $1) }
        return caller.address
      }
      let connection = caller.fill { Int(accept(descriptor, $0, $1)) }
      guard connection >= 0 else { return nil }
      defer { close(Int32(connection)) }
      send(Int32(connection), [1 as UInt8], 1, Int32(MSG_NOSIGNAL))
      return caller.address
    }

    /// Takes calls that came in vain before, so the next answer is about the next call.
    fileprivate func drain() {
      var byte: UInt8 = 0
      while true {
        let taken =
          transport == .udp
          ? Int32(recv(descriptor, &byte, 1, Int32(MSG_DONTWAIT)))
          : accept(descriptor, nil, nil)
        guard taken >= 0 else { return }
        if transport == .tcp { close(taken) }
      }
    }
  }

  /// A client that keeps its port, for connections that last.
  package final class Client {
    private let descriptor: Int32
    private let transport: Transport

    package init(
      _ transport: Transport, _ family: AddressFamily, in namespace: ScratchNamespace, from source: IPAddress? = nil
    ) throws {
      self.transport = transport
      descriptor = try namespace.visit { try Traffic.open(transport, family) }
      if let source {
        guard SocketAddress(source, 0).with({ bind(descriptor, $0, $1) }) == 0 else { throw Failure("bind to \(source)") }
      }
    }

    deinit { close(descriptor) }

    fileprivate func send(to address: IPAddress, port: UInt16) {
      _ = SocketAddress(address, port).with { sendto(descriptor, [1 as UInt8], 1, Int32(MSG_NOSIGNAL), $0, $1) }
    }

    /// Calls an address, and gives the address under which the server saw the client. Nil if the answer did not come.
    package func call(_ address: IPAddress, port: UInt16, answeredBy server: Server) -> IPAddress? {
      call(address, port: port, answeredBy: [server])?.seen
    }

    /// Calls an address, and says which of the servers answered, and under which address it saw the client.
    package func call(_ address: IPAddress, port: UInt16, answeredBy servers: [Server]) -> (index: Int, seen: IPAddress)? {
      for server in servers { server.drain() }
      let result = SocketAddress(address, port).with { connect(descriptor, $0, $1) }
      guard result == 0 || errno == EINPROGRESS || errno == EISCONN else { return nil }
      if transport == .udp { Glibc.send(descriptor, [1 as UInt8], 1, Int32(MSG_NOSIGNAL)) }
      guard transport == .udp || Traffic.isReady(descriptor, POLLOUT), let index = Traffic.firstReady(servers),
        let seen = servers[index].answer(), Traffic.isReady(descriptor, POLLIN)
      else { return nil }
      var byte: UInt8 = 0
      return recv(descriptor, &byte, 1, 0) == 1 ? (index, seen) : nil
    }
  }

  /// Whether a datagram reaches a server, whatever becomes of the answer.
  package static func arrives(
    _ address: IPAddress, port: UInt16, from namespace: ScratchNamespace, source: IPAddress? = nil, at server: Server
  ) throws -> Bool {
    server.drain()
    let client = try Client(.udp, address.family, in: namespace, from: source)
    client.send(to: address, port: port)
    return server.answer() != nil
  }

  /// One exchange with a client of its own. The address under which the server saw it; nil if the answer did not come.
  package static func call(
    _ address: IPAddress, port: UInt16, from namespace: ScratchNamespace, source: IPAddress? = nil, answeredBy server: Server
  ) throws -> IPAddress? {
    try Client(server.transport, address.family, in: namespace, from: source).call(address, port: port, answeredBy: server)
  }

  /// One exchange with a client of its own, whichever of the servers answers.
  package static func call(
    _ address: IPAddress, port: UInt16, from namespace: ScratchNamespace, answeredBy servers: [Server]
  ) throws -> (index: Int, seen: IPAddress)? {
    try Client(servers[0].transport, address.family, in: namespace).call(address, port: port, answeredBy: servers)
  }

  package struct Failure: Error, CustomStringConvertible {
    package let description: String

    init(_ what: String) { description = "\(what): \(Errno(rawValue: errno))" }
  }

  private static func open(_ transport: Transport, _ family: AddressFamily) throws -> Int32 {
    let type = transport == .tcp ? SOCK_STREAM : SOCK_DGRAM
    let flags = SOCK_CLOEXEC.rawValue | SOCK_NONBLOCK.rawValue
    let descriptor = socket(family == .ipv4 ? AF_INET : AF_INET6, Int32(type.rawValue | flags), 0)
    guard descriptor >= 0 else { throw Failure("socket") }
    var on: Int32 = 1
    let size = socklen_t(MemoryLayout<Int32>.size)
    setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &on, size)
    if family == .ipv6 { setsockopt(descriptor, Int32(IPPROTO_IPV6), IPV6_V6ONLY, &on, size) }
    return descriptor
  }

  private static func firstReady(_ servers: [Server]) -> Int? {
    var wanted = servers.map { pollfd(fd: $0.descriptor, events: Int16(POLLIN), revents: 0) }
    guard poll(&wanted, nfds_t(wanted.count), patience) > 0 else { return nil }
    return wanted.firstIndex { $0.revents & Int16(POLLIN) != 0 }
  }

  private static func isReady(_ descriptor: Int32, _ events: Int32) -> Bool {
    var wanted = pollfd(fd: descriptor, events: Int16(events), revents: 0)
    return poll(&wanted, 1, patience) == 1 && wanted.revents & Int16(events) != 0
  }
}

/// An address and port as the kernel takes them.
private struct SocketAddress {
  private var storage = sockaddr_storage()
  private var size = socklen_t(MemoryLayout<sockaddr_storage>.size)

  init() {}

  init(_ address: IPAddress, _ port: UInt16) {
    let bytes = address.bytes
    withUnsafeMutableBytes(of: &storage) { raw in
      switch address.family {
      case .ipv4:
        var own = sockaddr_in()
        (own.sin_family, own.sin_port) = (sa_family_t(AF_INET), port.bigEndian)
        withUnsafeMutableBytes(of: &own.sin_addr) { $0.copyBytes(from: bytes) }
        withUnsafeBytes(of: own) { raw.copyMemory(from: $0) }
      case .ipv6:
        var own = sockaddr_in6()
        (own.sin6_family, own.sin6_port) = (sa_family_t(AF_INET6), port.bigEndian)
        withUnsafeMutableBytes(of: &own.sin6_addr) { $0.copyBytes(from: bytes) }
        withUnsafeBytes(of: own) { raw.copyMemory(from: $0) }
      }
    }
    size = socklen_t(address.family == .ipv4 ? MemoryLayout<sockaddr_in>.size : MemoryLayout<sockaddr_in6>.size)
  }

  func with<T>(_ body: (UnsafePointer<sockaddr>, socklen_t) -> T) -> T {
    withUnsafePointer(to: storage) { $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { body($0, size) } }
  }

  mutating func fill(_ body: (UnsafeMutablePointer<sockaddr>, UnsafeMutablePointer<socklen_t>) -> Int) -> Int {
    var size = size
    return withUnsafeMutablePointer(to: &storage) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { body($0, &size) }
    }
  }

  var address: IPAddress? {
    withUnsafeBytes(of: storage) { raw in
      switch Int32(storage.ss_family) {
      case AF_INET: IPAddress(bytes: Array(raw[4..<8]))
      case AF_INET6: IPAddress(bytes: Array(raw[8..<24]))
      default: nil
      }
    }
  }
}
