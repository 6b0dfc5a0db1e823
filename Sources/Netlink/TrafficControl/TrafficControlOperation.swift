/// The operations of traffic control, in the words of tc(8).
extension NetlinkError.Operation {
  package static var addQdisc: Self { Self("add qdisc") }
  package static var deleteQdisc: Self { Self("delete qdisc") }
  package static var showQdisc: Self { Self("show qdisc") }
  package static var addClass: Self { Self("add class") }
  package static var showClass: Self { Self("show class") }
  package static var addFilter: Self { Self("add filter") }
  package static var showFilter: Self { Self("show filter") }
  package static var addAction: Self { Self("add action") }
}
