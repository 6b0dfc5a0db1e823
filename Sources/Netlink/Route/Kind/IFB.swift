/// A link that gives back what is redirected to it, after its qdisc has let it pass (`ip link add type ifb`).
///
/// So what another link receives can be shaped like something that is sent.
enum IFB {
  static let kind = "ifb"
}
