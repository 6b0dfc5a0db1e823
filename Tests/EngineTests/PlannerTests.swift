import CNI
import JSON
import NetworkTypes
import Plugins
import TestSupport
import Testing

@testable import Engine

@Suite struct PlannerTests {
  private static let policy = """
    networks:
      pods:
        cniVersion: 0.4.0
        chain:
          - {type: bridge, bridge: br-pods, isDefaultGateway: true, ipam: {type: host-local, subnet: 10.1.0.0/16}}
          - {type: meter, capabilities: {bandwidth: true}}
      storage:
        disableCheck: true
        chain: [{type: macvlan, master: eth1, args: {cni: {mac: "02:00:00:00:00:07"}}, ipam: {type: static, routes: [{dst: 0.0.0.0/0, gw: 192.0.2.1}]}}]
    rules:
      - name: databases
        match: {namespaces: [db]}
        attach:
          - {network: pods, mtu: 1400}
          - {network: storage, interface: fast, defaultRoute: ipv4, ips: [192.0.2.7/24], mac: "02:00:00:00:00:09", inResult: false, args: {a: b}}
      - {name: everyone, attach: [{network: storage}]}
    """

  private func plan(
    _ args: String, _ more: JSONObject = [:], policy: String = Self.policy, report: OperationReport = OperationReport()
  ) throws -> Plan {
    let bench = try EngineBench(policy)
    let engine = try bench.engine(more, report: report)
    let invocation = try bench.invocation(bench.variables("ADD", args: args))
    let plan = try engine.planner(invocation).plan(firstInterface: name("eth0"))
    #expect(bench.directory.list("state/records").isEmpty, "a plan touches nothing")
    return plan
  }

  @Test func theFirstRuleThatMatchesGivesTheAttachmentsInItsOrder() throws {
    let report = OperationReport()
    let plan = try plan("K8S_POD_NAMESPACE=db;K8S_POD_NAME=postgres-0", report: report)
    #expect(plan.rule == "databases")
    #expect(plan.attachments.map(\.interface.text) == ["eth0", "fast"])
    #expect(plan.attachments.map(\.network.text) == ["pods", "storage"])
    #expect(plan.attachments.map(\.isInResult) == [true, false] && plan.attachments.map(\.isChecked) == [true, false])
    #expect(report.networks.map(\.text) == ["pods", "storage"] && report.pod?.name == "postgres-0")
    #expect(try self.plan("K8S_POD_NAMESPACE=web").rule == "everyone")
  }

  @Test func defaultRoutesHaveOneOwnerEach() throws {
    let plan = try plan("K8S_POD_NAMESPACE=db")
    #expect(plan.attachments[0].defaultRoute == .init(required: [], allowed: [.ipv6]))
    #expect(plan.attachments[1].defaultRoute == .init(required: [.ipv4], allowed: []))
  }

  @Test func delegatesGetVersionNameAndWhatTheyTake() throws {
    let runtime: JSONObject = [
      "runtimeConfig": [
        "Bandwidth": ["IngressRate": 5], "portMappings": [], "mac": "02:00:00:00:00:05",
        "io.kubernetes.cri.pod-annotations": ["k": "v"],
      ]
    ]
    let plan = try plan("K8S_POD_NAMESPACE=db", runtime)
    let (bridge, meter) = (plan.attachments[0].delegates[0].configuration, plan.attachments[0].delegates[1].configuration)
    #expect(bridge["cniVersion"] == "0.4.0" && bridge["name"] == "pods" && bridge["mtu"] == 1400)
    #expect(bridge["runtimeConfig"] == ["mac": "02:00:00:00:00:05"])
    #expect(meter["mtu"] == nil && meter["runtimeConfig"] == ["Bandwidth": ["IngressRate": 5]])
    let storage = plan.attachments[1].delegates[0].configuration
    #expect(storage["cniVersion"] == "1.0.0" && storage["name"] == "storage")
    // The runtime's requests are for the first interface. A rule's requests are for their attachment.
    #expect(storage["runtimeConfig"] == ["ips": ["192.0.2.7/24"], "mac": "02:00:00:00:00:09"])
    #expect(storage["args"] == ["cni": ["mac": "02:00:00:00:00:07", "a": "b"]])
  }

  @Test func addressesInArgumentsAreForTheFirstInterface() throws {
    let plan = try plan("K8S_POD_NAMESPACE=db;IP=10.1.0.9;MAC=02:00:00:00:00:01;GATEWAY=10.1.0.1;X=y")
    #expect(
      plan.attachments[0].args.text
        == "K8S_POD_NAMESPACE=db;IP=10.1.0.9;MAC=02:00:00:00:00:01;GATEWAY=10.1.0.1;X=y;IgnoreUnknown=1")
    #expect(plan.attachments[1].args.text == "K8S_POD_NAMESPACE=db;X=y;IgnoreUnknown=1")
  }

  @Test func aPodThatNoRuleMatchesIsRefused() throws {
    let only = "networks: {n: {chain: [{type: bridge}]}}\nrules: [{name: r, match: {namespaces: [db]}, attach: [{network: n}]}]"
    guard case .selection(let policy, .noRule(let pod)) = engineError({ _ = try plan("K8S_POD_NAMESPACE=web", policy: only) })
    else {
      Issue.record("no rule matches, and there is a plan")
      return
    }
    #expect(policy.hasSuffix("/policy.yaml") && pod.namespace == "web")
  }

  @Test func aDelegateThatIsNotThereIsNamedWithItsPlace() throws {
    let bench = try EngineBench(Self.policy)
    let engine = try bench.engine()
    let invocation = try bench.invocation(bench.variables("ADD", args: "K8S_POD_NAMESPACE=db"))
    guard
      case .plan(let place, let source, .external(.notFound(let type, _))) = engineError({
        _ = try engine.planner(invocation).prepared(firstInterface: name("eth0"))
      })
    else {
      Issue.record("a plugin that is not there is planned with")
      return
    }
    #expect(type == "meter" && place.description == "network \"pods\" (interface eth0): meter")
    #expect(source.hasSuffix("policy.yaml:8:16"), "\(source)")
  }

  @Test func aKeyThatADelegateRefusesIsNamedWithItsPlace() throws {
    let policy = """
      networks: {n: {chain: [{type: bridge, vlan: 5000}]}}
      rules: [{name: r, attach: [{network: n}]}]
      """
    let bench = try EngineBench(policy)
    let engine = try bench.engine()
    let invocation = try bench.invocation(bench.variables("ADD"))
    guard
      case .plan(_, let source, let error) = engineError({
        _ = try engine.planner(invocation).prepared(firstInterface: name("eth0"))
      })
    else {
      Issue.record("a VLAN of 5000 is planned with")
      return
    }
    #expect(source.hasSuffix("policy.yaml:3:45"), "\(source)")
    #expect(ErrorObject(error).msg.contains("invalid VLAN ID 5000"))
  }

  @Test func everyDelegateOfAPlanIsPreparedOnce() throws {
    let policy = """
      networks:
        n: {chain: [{type: bridge, ipam: {type: host-local, subnet: 10.1.0.0/16}}]}
        m: {chain: [{type: macvlan, master: x}]}
      rules: [{name: r, attach: [{network: n}, {network: m}]}]
      """
    let bench = try EngineBench(policy)
    let engine = try bench.engine()
    let prepared = try engine.planner(bench.invocation(bench.variables("ADD"))).prepared(firstInterface: name("eth0"))
    #expect(prepared.delegates.map(\.count) == [1, 1])
    #expect(!prepared.plan.outlivesBoot(engine.node.delegates))
    let foreign = try plan("K8S_POD_NAMESPACE=db")
    #expect(foreign.outlivesBoot(engine.node.delegates))
    #expect(!foreign.attachments[0].heedsOptions(engine.node.delegates))
    #expect(foreign.attachments[1].heedsOptions(engine.node.delegates))
  }
}
