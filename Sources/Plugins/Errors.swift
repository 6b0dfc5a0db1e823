/// Errors of the bridge delegate.
package enum BridgeError: Error, Sendable { case none }
/// Errors of the macvlan delegate.
package enum MacvlanError: Error, Sendable { case none }
/// Errors of the loopback delegate.
package enum LoopbackError: Error, Sendable { case none }
