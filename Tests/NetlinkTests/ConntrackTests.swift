import Glibc
import NetworkTypes
import TestSupport
import Testing

@testable import Netlink

/// Tracked connections of the kernel.
@Suite(.needsRoot, .needs(kernel: .nftables)) struct ConntrackTests {
  private final class Socket {
    var socket: NetfilterSocket

    init() throws(NetlinkError) { socket = try NetfilterSocket() }
  }

  /// A namespace that tracks its own packets: UDP to itself, on two ports.
  @Test(arguments: AddressFamily.allCases) func connectionsAreFoundAndEnded(_ family: AddressFamily) throws {
    try withNetworkNamespace { namespace in
      try namespace.run("ip", "link", "set", "lo", "up")
      try namespace.run("nft", "add", "table", "inet", "x")
      try namespace.run("nft", "add", "chain", "inet", "x", "y", "{ type filter hook output priority 0; }")
      try namespace.run("nft", "add", "rule", "inet", "x", "y", "ct", "state", "new", "accept")
      let kernel = try namespace.visit { try Socket() }
      let address = family == .ipv4 ? ip("127.0.0.1") : ip("::1")
      for port: UInt16 in [5300, 5301] {
        let server = try Traffic.Server(.udp, family, port: port, in: namespace)
        #expect(try Traffic.call(address, port: port, from: namespace, answeredBy: server) == address)
      }
      let found = try kernel.socket.connections(family, 17, toPort: 5300)
      #expect(found.map(\.original.destinationPort) == [5300] && found.map(\.reply.sourcePort) == [5300], "\(found)")
      #expect(found.map(\.original.destination) == [address] && found.map(\.reply.source) == [address])
      #expect(try kernel.socket.connections(family, 6, toPort: 5300).isEmpty)
      try kernel.socket.end(found)
      #expect(try kernel.socket.connections(family, 17, toPort: 5300).isEmpty)
      #expect(try kernel.socket.connections(family, 17, toPort: 5301).count == 1)
      // It is no error that they have ended.
      try kernel.socket.end(found)
    }
  }
}
