import CNI
import IPAM
import NetworkTypes
import Netlink
import Plugins
import System

extension ErrorObject {
  /// The code that fits a delegate's failure, and its text.
  init(_ error: DelegateError) {
    switch error {
    case .protocol(let error): self.init(error)
    case .configuration(let error): self.init(error)
    case .result(let error): self.init(error)
    case .system(let error): self.init(Self.code(error), error.description)
    case .netlink(let error): self.init(Self.code(error), error.description)
    case .ipam(let error): self.init(error)
    case .bridge(let error): self.init(error)
    case .macvlan(let error): self.init(error)
    case .loopback(let error): self.init(error)
    case .external(let error): self.init(error)
    case .netns(_, let error): self.init(Self.code(error), error.description)
    case .linkMissing(let name, let netns): self.init(.io, "there is no interface \"\(name)\" in \(netns)")
    case .unread: self.init(.io, "the result could not be written to stdout, so that everything was undone")
    case .ipamWithoutAddress: self.init(.invalidConfiguration, "IPAM plugin returned missing IP config")
    case .reply(_, let error): self = error
    case .differences(let all):
      self.init(all[0])
      details = all.dropFirst().map { ErrorObject($0).text }.joined(separator: "; ")
    }
  }

  static func code(_ error: SystemError) -> ErrorCode {
    switch error {
    case .notANetworkNamespace: .invalidNamespace
    case .lockTimeout: .tryAgainLater
    case .call, .tooLarge, .tooManyNames, .untrusted: .io
    }
  }

  /// A kernel that is short of something, or busy, may take the same request later.
  static func code(_ error: NetlinkError) -> ErrorCode {
    switch error {
    case .interrupted, .silent: .tryAgainLater
    case .socket, .tooLong: .io
    case .refused(_, _, let errno, _):
      switch errno {
      case .resourceBusy, .noMemory, .resourceTemporarilyUnavailable: .tryAgainLater
      default: .io
      }
    }
  }

  private init(_ error: BridgeError) {
    switch error {
    case .notABridge(let name):
      self.init(.invalidConfiguration, "failed to create bridge \"\(name)\": \"\(name)\" already exists but is not a bridge")
    case .vanished(let name): self.init(.tryAgainLater, "bridge \"\(name)\" went away while it was being used")
    case .containerLinkExists(let name, let port):
      self.init(.io, "container veth name (\"\(name)\") peer provided (\"\(port)\") already exists")
    case .otherAddress(let name, let wanted, let isVLAN):
      let what = isVLAN ? "vlan interface for bridge with addr" : "bridge addr"
      self.init(
        .invalidConfiguration, "failed to set \(what): \"\(name)\" already has an IP address different from \(wanted)")
    case .noVLANFiltering(let name):
      self.init(
        .invalidConfiguration, "bridge \"\(name)\" does not filter VLANs (ip link set \(name) type bridge vlan_filtering 1)")
    case .notItsGateway(let name, let bridge):
      self.init(.invalidConfiguration, "failed to create vlan interface: \"\(name)\" does not lead into bridge \"\(bridge)\"")
    case .duplicateAddress(let address, let name):
      self.init(.invalidConfiguration, "address \(address) of \(name) is in use on the link: duplicate address detection failed")
    case .portNotForwarding(let name, let state): self.init(.tryAgainLater, "bridge port \(name) in error state: \(state)")
    case .check(let difference): self.init(.io, difference.description)
    }
  }

  private init(_ error: MacvlanError) {
    switch error {
    case .noDefaultRoute: self.init(.invalidConfiguration, "no default route interface found")
    case .masterMissing(let name):
      self.init(.invalidConfiguration, "failed to lookup master \"\(name)\": Link not found")
    case .mtu(let mtu, let master): self.init(.invalidConfiguration, "invalid MTU \(mtu), must be [0, master MTU(\(master))]")
    case .containerLinkExists(let name): self.init(.io, "the container has an interface \"\(name)\" already")
    case .check(let difference): self.init(.io, difference.description)
    }
  }

  private init(_ error: LoopbackError) {
    switch error {
    case .down: self.init(.io, "loopback interface is down")
    case .foreignAddress(let address):
      self.init(.invalidConfiguration, "loopback interface found with non-loopback address \"\(address)\"")
    }
  }

  private init(_ error: ExternalDelegateError) {
    switch error {
    case .notFound(let type, let path):
      self.init(.invalidConfiguration, "failed to find plugin \"\(type)\" in path [\(path.joined(separator: " "))]")
    case .badName(let type): self.init(.invalidConfiguration, "invalid plugin name: \"\(type)\"")
    case .isBraid(let type, let path): self.init(.invalidConfiguration, "plugin \"\(type)\" (\(path)) is Braid itself")
    case .spawn(let type, let error): self.init(.io, "plugin \"\(type)\" cannot be run: \(error)")
    case .timedOut(let type, let seconds):
      self.init(.tryAgainLater, "plugin \"\(type)\" ran longer than \(seconds) s and was ended")
    case .outputTooLarge(let type, let limit): self.init(.decoding, "plugin \"\(type)\" printed more than \(limit) bytes")
    case .failed(let type, let status, let stderr):
      self.init(.io, "plugin \"\(type)\" ended with status \(status) and without an error message", details: stderr)
    case .killed(let type, let signal, let stderr):
      self.init(.io, "plugin \"\(type)\" was ended by signal \(signal)", details: stderr)
    case .badOutput(let type, let reason): self.init(.decoding, "plugin \"\(type)\" gave no valid result: \(reason)")
    }
  }
}
