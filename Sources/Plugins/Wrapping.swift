import CNI
import Netlink
import System

/// Each turns the errors of one module into a delegate's.
func netlink<T>(_ body: () throws(NetlinkError) -> T) throws(DelegateError) -> T {
  do { return try body() } catch { throw .netlink(error) }
}

func system<T: ~Copyable>(_ body: () throws(SystemError) -> T) throws(DelegateError) -> T {
  do { return try body() } catch { throw .system(error) }
}

func parsing<T>(_ body: () throws(ConfigurationError) -> T) throws(DelegateError) -> T {
  do { return try body() } catch { throw .configuration(.configuration(error)) }
}

func speaking<T>(_ body: () throws(ProtocolError) -> T) throws(DelegateError) -> T {
  do { return try body() } catch { throw .protocol(error) }
}
