import NetworkTypes

/// The result of ADD in the form of specification 1.1.0 (section 5). Results of other versions are converted.
package struct CNIResult: Hashable, Sendable {
  package var interfaces: [Interface]
  package var ips: [IP]
  package var routes: [Route]
  package var dns: DNS

  package init(interfaces: [Interface] = [], ips: [IP] = [], routes: [Route] = [], dns: DNS = DNS()) {
    (self.interfaces, self.ips, self.routes, self.dns) = (interfaces, ips, routes, dns)
  }

  /// An interface that a plugin made, on the node (no sandbox) or in the container.
  package struct Interface: Hashable, Sendable {
    package var name: String
    /// The hardware address as text; empty if there is none. It is not always six bytes: InfiniBand has twenty.
    package var mac: String
    /// In bytes. Since 1.1.0.
    package var mtu: Int?
    /// The path of the container's namespace; empty for an interface of the node.
    package var sandbox: String
    /// Since 1.1.0.
    package var socketPath: String
    /// Since 1.1.0.
    package var pciID: String
    /// The kernel's numbers of the link, if we made it. Records hold them; no version of the specification has them.
    package var numbers: LinkNumbers?

    package init(
      name: String, mac: String = "", mtu: Int? = nil, sandbox: String = "", socketPath: String = "", pciID: String = ""
    ) {
      (self.name, self.mac, self.mtu) = (name, mac, mtu)
      (self.sandbox, self.socketPath, self.pciID) = (sandbox, socketPath, pciID)
    }
  }

  /// The numbers by which the kernel knows a link, whatever it is called.
  package struct LinkNumbers: Hashable, Sendable {
    /// Unique in the link's namespace. It changes only if the link moves to another namespace that has the number already.
    package let index: Int32
    /// IFLA_LINK: the index of a veth's other end, or of a macvlan's master, in the namespace of that link. Nil if it has none.
    package let parent: Int32?
    /// IFLA_LINK_NETNSID: the number of that namespace in the link's own. Nil if the parent is in the same namespace.
    package let parentNamespace: Int32?

    package init(index: Int32, parent: Int32?, parentNamespace: Int32?) {
      (self.index, self.parent, self.parentNamespace) = (index, parent, parentNamespace)
    }
  }

  package struct IP: Hashable, Sendable {
    /// Index into `interfaces`.
    package var interface: Int?
    package var address: CIDR
    package var gateway: IPAddress?

    package init(interface: Int? = nil, address: CIDR, gateway: IPAddress? = nil) {
      (self.interface, self.address, self.gateway) = (interface, address, gateway)
    }
  }

  package struct Route: Hashable, Sendable {
    package var dst: CIDR
    package var gw: IPAddress?
    /// In bytes. This field and the following ones are in the specification since 1.1.0. They are written since 0.3.0.
    package var mtu: Int?
    /// In bytes.
    package var advmss: Int?
    package var priority: Int?
    package var table: Int?
    /// RT_SCOPE_* of rtnetlink(7), 0 to 255.
    package var scope: Int?

    package init(
      dst: CIDR, gw: IPAddress? = nil, mtu: Int? = nil, advmss: Int? = nil, priority: Int? = nil, table: Int? = nil,
      scope: Int? = nil
    ) {
      (self.dst, self.gw, self.mtu, self.advmss) = (dst, gw, mtu, advmss)
      (self.priority, self.table, self.scope) = (priority, table, scope)
    }

    /// Whether this is a default route: it leads to every address, and stands in a table that the kernel asks without special
    /// rules. These tables are main (also written 0), default and local (rtnetlink(7)).
    package var isDefault: Bool { dst.prefixLength == 0 && [0, 253, 254, 255].contains(table ?? 254) }
  }

  package struct DNS: Hashable, Sendable {
    package var nameservers: [String]
    package var domain: String
    package var search: [String]
    package var options: [String]

    package init(nameservers: [String] = [], domain: String = "", search: [String] = [], options: [String] = []) {
      (self.nameservers, self.domain, self.search, self.options) = (nameservers, domain, search, options)
    }

    package var isEmpty: Bool { nameservers.isEmpty && domain.isEmpty && search.isEmpty && options.isEmpty }
  }
}

/// Why a result cannot be read, or cannot be written in a version.
package enum ResultError: Error, Equatable, Sendable, CustomStringConvertible {
  case malformed(ConfigurationError)
  case unknownVersion(String)
  /// The result has no address. Versions 0.1.0 and 0.2.0 require one.
  case noAddress
  case severalAddresses(SpecVersion)

  package var description: String {
    switch self {
    case .malformed(let error): error.description
    case .unknownVersion(let version): "unsupported CNI result version \"\(version)\""
    case .noAddress: "cannot convert: no valid IP addresses"
    case .severalAddresses(let version): "CNI version \(version) does not support more than 1 address per family"
    }
  }
}
