/// placeholder until IPAM lands
package enum IPAMError: Error, Sendable { case none }
