import CLinux
import CMnl
import Glibc
import System

/// A netlink socket of the network namespace in which it was opened, by means of libmnl (netlink(7)).
struct KernelTransport: NetlinkTransport, ~Copyable {
  private let socket: OpaquePointer
  private var buffer: [UInt8]
  private let patience: Duration

  /// Opens a socket in the thread's namespace. Throws `NetlinkError.socket`.
  ///
  /// `family` is a NETLINK_* of linux/netlink.h. `bufferSize`, in bytes, must hold the longest datagram: the kernel cuts a
  /// list to the size of the reader's buffer, and never makes a datagram of a list longer than 32 KiB.
  init(family: Int32, bufferSize: Int = 1 << 15, patience: Duration = Waits.netlinkAnswer) throws(NetlinkError) {
    guard let socket = mnl_socket_open2(family, Int32(SOCK_CLOEXEC.rawValue)) else {
      throw .socket(.open, Errno(rawValue: errno))
    }
    guard mnl_socket_bind(socket, 0, 0) == 0 else {
      let error = Errno(rawValue: errno)
      mnl_socket_close(socket)
      throw .socket(.bind, error)
    }
    (self.socket, self.patience) = (socket, patience)
    buffer = [UInt8](repeating: 0, count: bufferSize)
    setOptions()
  }

  deinit { mnl_socket_close(socket) }

  /// The first three options are refinements: a kernel without one of them still answers, so a failure is ignored.
  private func setOptions() {
    var on: Int32 = 1
    for option in [NETLINK_EXT_ACK, NETLINK_CAP_ACK, NETLINK_GET_STRICT_CHK] {
      mnl_socket_setsockopt(socket, option, &on, socklen_t(MemoryLayout<Int32>.size))
    }
    let (seconds, attoseconds) = patience.components
    var wait = timeval(tv_sec: Int(seconds), tv_usec: Int(attoseconds / 1_000_000_000_000))
    setsockopt(mnl_socket_get_fd(socket), SOL_SOCKET, SO_RCVTIMEO, &wait, socklen_t(MemoryLayout<timeval>.size))
  }

  func send(_ datagram: [UInt8]) throws(Errno) {
    guard mnl_socket_sendto(socket, datagram, datagram.count) >= 0 else { throw Errno(rawValue: errno) }
  }

  /// Ignores datagrams whose sender is not the kernel.
  ///
  /// A Pod with CAP_NET_ADMIN may write to any netlink socket of its namespace, ours included. mnl_socket_recvfrom does not
  /// tell the sender. Nor may such a Pod keep us waiting by writing on and on, so the time runs over ignored datagrams too.
  mutating func receive() throws(Errno) -> [UInt8] {
    var deadline: Duration?
    while true {
      var sender = sockaddr_nl()
      let count = try receive(from: &sender)
      guard sender.nl_pid == 0 else {
        let now = Monotonic.now()
        guard now <= deadline ?? now else { throw .resourceTemporarilyUnavailable }
        deadline = deadline ?? now + patience
        continue
      }
      // With MSG_TRUNC the count is that of the whole datagram, however much of it fits.
      guard count <= buffer.count else { throw .noSpace }
      return Array(buffer[..<count])
    }
  }

  private mutating func receive(from sender: inout sockaddr_nl) throws(Errno) -> Int {
    var size = socklen_t(MemoryLayout<sockaddr_nl>.size)
    let count = withUnsafeMutablePointer(to: &sender) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        recvfrom(mnl_socket_get_fd(socket), &buffer, buffer.count, Int32(MSG_TRUNC), $0, &size)
      }
    }
    guard count >= 0 else { throw Errno(rawValue: errno) }
    return count
  }
}
