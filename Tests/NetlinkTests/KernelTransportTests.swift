import CLinux
import Glibc
import System
import TestSupport
import Testing

@testable import Netlink

/// The kernel's socket alone.
@Suite(.needsRoot) struct KernelTransportTests {
  private static func query(_ sequence: UInt32) -> [UInt8] {
    var datagram: [UInt8] = []
    Link.query(index: 1).message.append(to: &datagram, sequence: sequence)
    return datagram
  }

  @Test func answersComeFromTheKernel() throws {
    try withNetworkNamespace { node in
      try node.visit {
        var transport = try KernelTransport(family: NETLINK_ROUTE)
        try transport.send(Self.query(42))
        let messages = try Message.all(in: try transport.receive())
        #expect(messages.map(\.sequence) == [42] && messages.map(\.type) == [UInt16(RTM_NEWLINK)])
      }
    }
  }

  @Test func datagramsOfOtherProcessesAreIgnored() throws {
    try withNetworkNamespace { node in
      try node.visit {
        var transport = try KernelTransport(family: NETLINK_ROUTE)
        let port = try #require(try Self.ports().first)
        #expect(Self.send(Reply.link(1, "forged"), to: port) > 0)
        try transport.send(Self.query(1))
        let link = try #require(try Message.all(in: try transport.receive()).first.flatMap { try Link($0) })
        #expect(link.name == "lo")
      }
    }
  }

  @Test func datagramsOfOtherProcessesDoNotKeepUsWaiting() throws {
    try withNetworkNamespace { node in
      try node.visit {
        var transport = try KernelTransport(family: NETLINK_ROUTE, patience: .milliseconds(200))
        let port = try #require(try Self.ports().first)
        // A process that writes until it is killed. It is born in this thread's namespace.
        let writer = fork(Reply.link(1, "forged"), to: port)
        defer {
          kill(writer, SIGKILL)
          waitpid(writer, nil, 0)
        }
        #expect(throws: Errno.resourceTemporarilyUnavailable) { try transport.receive() }
      }
    }
  }

  @Test func datagramLongerThanTheBufferIsAnError() throws {
    try withNetworkNamespace { node in
      try node.visit {
        var transport = try KernelTransport(family: NETLINK_ROUTE, bufferSize: 64)
        try transport.send(Self.query(1))
        #expect(throws: Errno.noSpace) { try transport.receive() }
      }
    }
  }

  @Test func unknownFamilyIsRefused() throws {
    let error = refusal { () throws(NetlinkError) in _ = try KernelTransport(family: 31) }
    #expect(error == .socket(.open, Errno(rawValue: EPROTONOSUPPORT)))
  }

  /// The ports of rtnetlink sockets that are not the kernel's, in the thread's namespace.
  private static func ports() throws -> [UInt32] {
    let table = String(decoding: try BoundedFile.read("/proc/thread-self/net/netlink", limit: 1 << 16), as: UTF8.self)
    // sk Eth Pid Groups …
    let rows = table.split(separator: "\n").map { $0.split(separator: " ") }
    return rows.filter { $0[1] == "0" }.compactMap { UInt32($0[2]) }.filter { $0 != 0 }
  }

  /// Starts a process that sends a datagram again and again.
  private func fork(_ datagram: [UInt8], to port: UInt32) -> Int32 {
    let child = clinux_fork()
    if child == 0 { while true { _ = Self.send(datagram, to: port) } }
    return child
  }

  /// Sends a datagram from a new socket to another socket.
  private static func send(_ datagram: [UInt8], to port: UInt32) -> Int {
    let socket = socket(AF_NETLINK, Int32(SOCK_RAW.rawValue) | Int32(SOCK_CLOEXEC.rawValue), NETLINK_ROUTE)
    defer { close(socket) }
    var address = sockaddr_nl()
    (address.nl_family, address.nl_pid) = (sa_family_t(AF_NETLINK), port)
    return withUnsafePointer(to: &address) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        sendto(socket, datagram, datagram.count, 0, $0, socklen_t(MemoryLayout<sockaddr_nl>.size))
      }
    }
  }
}
