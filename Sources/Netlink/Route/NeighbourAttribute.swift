import CLinux

/// The attributes of RTM_*NEIGH messages that we read or write (linux/neighbour.h). One table serves both directions.
enum NeighbourAttribute {
  static let address = Int(NDA_DST)
  static let mac = Int(NDA_LLADDR)
  /// In requests only: replies have the link's index in their header.
  static let link = Int(NDA_IFINDEX)
}
