/// placeholder until the codec lands
package enum NetlinkError: Error, Sendable { case closed }
package struct RouteSocket: ~Copyable { package init() throws(NetlinkError) {} }
