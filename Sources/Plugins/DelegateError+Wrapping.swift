import CNI
import Netlink
import System

/// Runs `body` and converts its error into `DelegateError.netlink`.
func netlink<T>(_ body: () throws(NetlinkError) -> T) throws(DelegateError) -> T {
  do { return try body() } catch { throw .netlink(error) }
}

/// Runs `body` and converts its error into `DelegateError.system`.
func system<T: ~Copyable>(_ body: () throws(SystemError) -> T) throws(DelegateError) -> T {
  do { return try body() } catch { throw .system(error) }
}

/// Reads a plugin's configuration in `body` and converts its error into `DelegateError.configuration`.
func readingConfiguration<T>(_ body: () throws(ConfigurationError) -> T) throws(DelegateError) -> T {
  do { return try body() } catch { throw .configuration(.configuration(error)) }
}

/// Checks the runtime's call in `body` and converts its error into `DelegateError.protocol`.
func checkingCall<T>(_ body: () throws(ProtocolError) -> T) throws(DelegateError) -> T {
  do { return try body() } catch { throw .protocol(error) }
}
