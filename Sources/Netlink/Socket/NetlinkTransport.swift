import System

/// Carries datagrams to the kernel and back, without reading them.
///
/// The product has one transport, the kernel's socket. The tests have another that plays a script.
protocol NetlinkTransport: ~Copyable {
  /// Sends one datagram. Throws the errno of sendmsg(2).
  mutating func send(_ datagram: [UInt8]) throws(Errno)

  /// Waits for one datagram. Throws the errno of recvmsg(2), and ENOSPC for a datagram that was cut short.
  ///
  /// EAGAIN means that none came within `Waits.netlinkAnswer`, ENOBUFS that the kernel had to drop some.
  mutating func receive() throws(Errno) -> [UInt8]
}
