import CLinux
import CMnl
import Glibc
import System

/// A netlink socket of the network namespace in which it was opened, by means of libmnl (netlink(7)).
struct KernelTransport: NetlinkTransport, ~Copyable {
  private let socket: OpaquePointer
  private var buffer: [UInt8]

  /// Opens a socket in the thread's namespace. `family` is a NETLINK_* of linux/netlink.h. Throws `NetlinkError.socket`.
  init(family: Int32) throws(NetlinkError) {
    guard let socket = mnl_socket_open2(family, Int32(SOCK_CLOEXEC.rawValue)) else {
      throw .socket(.open, Errno(rawValue: errno))
    }
    guard mnl_socket_bind(socket, 0, 0) == 0 else {
      let error = Errno(rawValue: errno)
      mnl_socket_close(socket)
      throw .socket(.bind, error)
    }
    self.socket = socket
    // A dump's datagrams are as long as the reader's buffer allows, and never longer than this.
    buffer = [UInt8](repeating: 0, count: 1 << 15)
    setOptions()
  }

  deinit { mnl_socket_close(socket) }

  /// The first three options are refinements: a kernel without one of them still answers, so a failure is ignored.
  private func setOptions() {
    var on: Int32 = 1
    for option in [NETLINK_EXT_ACK, NETLINK_CAP_ACK, NETLINK_GET_STRICT_CHK] {
      mnl_socket_setsockopt(socket, option, &on, socklen_t(MemoryLayout<Int32>.size))
    }
    var wait = timeval(tv_sec: Int(Waits.netlinkAnswer.components.seconds), tv_usec: 0)
    setsockopt(mnl_socket_get_fd(socket), SOL_SOCKET, SO_RCVTIMEO, &wait, socklen_t(MemoryLayout<timeval>.size))
  }

  func send(_ datagram: [UInt8]) throws(Errno) {
    guard mnl_socket_sendto(socket, datagram, datagram.count) >= 0 else { throw Errno(rawValue: errno) }
  }

  mutating func receive() throws(Errno) -> [UInt8] {
    let count = mnl_socket_recvfrom(socket, &buffer, buffer.count)
    guard count >= 0 else { throw Errno(rawValue: errno) }
    return Array(buffer[..<count])
  }
}
