"""A small client of the CRI (runtime.v1), in the role of a kubelet.

It needs the packages grpcio and protobuf, nothing else: the part of the CRI's schema that is used here is the text below,
made into message classes at run time.
"""
import json
import re
import uuid

import grpc
from google.protobuf import descriptor_pb2, descriptor_pool, message_factory

IMAGE = "localhost/box:1"

# Field numbers are those of k8s.io/cri-api runtime.v1; unused fields are left out.
PROTO = """
VersionRequest { string version = 1 }
VersionResponse { string version = 1; string runtime_name = 2; string runtime_version = 3; string runtime_api_version = 4 }
ListImagesRequest { }
Image { string id = 1; repeated string repo_tags = 2; repeated string repo_digests = 3; uint64 size = 4 }
ListImagesResponse { repeated Image images = 1 }
DNSConfig { repeated string servers = 1; repeated string searches = 2; repeated string options = 3 }
PortMapping { int32 protocol = 1; int32 container_port = 2; int32 host_port = 3; string host_ip = 4 }
NamespaceOption { int32 network = 1; int32 pid = 2; int32 ipc = 3 }
LinuxSandboxSecurityContext { NamespaceOption namespace_options = 1; bool privileged = 6 }
LinuxPodSandboxConfig { string cgroup_parent = 1; LinuxSandboxSecurityContext security_context = 2; map sysctls = 3 }
PodSandboxMetadata { string name = 1; string uid = 2; string namespace = 3; uint32 attempt = 4 }
PodSandboxConfig { PodSandboxMetadata metadata = 1; string hostname = 2; string log_directory = 3;
  DNSConfig dns_config = 4; repeated PortMapping port_mappings = 5; map labels = 6; map annotations = 7; LinuxPodSandboxConfig linux = 8 }
RunPodSandboxRequest { PodSandboxConfig config = 1; string runtime_handler = 2 }
RunPodSandboxResponse { string pod_sandbox_id = 1 }
StopPodSandboxRequest { string pod_sandbox_id = 1 }
StopPodSandboxResponse { }
RemovePodSandboxRequest { string pod_sandbox_id = 1 }
RemovePodSandboxResponse { }
PodSandboxStatusRequest { string pod_sandbox_id = 1; bool verbose = 2 }
PodIP { string ip = 1 }
PodSandboxNetworkStatus { string ip = 1; repeated PodIP additional_ips = 2 }
PodSandboxStatus { string id = 1; PodSandboxMetadata metadata = 2; int32 state = 3; int64 created_at = 4;
  PodSandboxNetworkStatus network = 5; map labels = 7; map annotations = 8; string runtime_handler = 9 }
PodSandboxStatusResponse { PodSandboxStatus status = 1; map info = 2 }
ListPodSandboxRequest { }
PodSandbox { string id = 1; PodSandboxMetadata metadata = 2; int32 state = 3; int64 created_at = 4; map labels = 5;
  map annotations = 6 }
ListPodSandboxResponse { repeated PodSandbox items = 1 }
ImageSpec { string image = 1; string user_specified_image = 18 }
ContainerMetadata { string name = 1; uint32 attempt = 2 }
Capability { repeated string add_capabilities = 1; repeated string drop_capabilities = 2 }
LinuxContainerSecurityContext { Capability capabilities = 1; bool privileged = 2; NamespaceOption namespace_options = 3 }
LinuxContainerConfig { LinuxContainerSecurityContext security_context = 2 }
ContainerConfig { ContainerMetadata metadata = 1; ImageSpec image = 2; repeated string command = 3;
  repeated string args = 4; map labels = 9; map annotations = 10; string log_path = 11; LinuxContainerConfig linux = 15 }
CreateContainerRequest { string pod_sandbox_id = 1; ContainerConfig config = 2; PodSandboxConfig sandbox_config = 3 }
CreateContainerResponse { string container_id = 1 }
StartContainerRequest { string container_id = 1 }
StartContainerResponse { }
ExecSyncRequest { string container_id = 1; repeated string cmd = 2; int64 timeout = 3 }
ExecSyncResponse { bytes stdout = 1; bytes stderr = 2; int32 exit_code = 3 }
"""


def message_classes(text, package="runtime.v1"):
    """Message classes by name, from the short schema above ('map' is map<string, string>)."""
    f = descriptor_pb2.FileDescriptorProto(name="cri-subset.proto", package=package, syntax="proto3")
    kinds = {k: getattr(descriptor_pb2.FieldDescriptorProto, "TYPE_" + k.upper())
             for k in ("string", "bool", "int32", "int64", "uint32", "uint64", "bytes")}
    for name, body in re.findall(r"(\w+) \{([^}]*)\}", text):
        m = f.message_type.add(name=name)
        for rep, kind, field, num in re.findall(r"(repeated )?(\w+) (\w+) = (\d+)", body):
            fd = m.field.add(name=field, number=int(num))
            fd.label = fd.LABEL_REPEATED if rep or kind == "map" else fd.LABEL_OPTIONAL
            if kind in kinds:
                fd.type = kinds[kind]
                continue
            fd.type = fd.TYPE_MESSAGE
            if kind != "map":
                fd.type_name = ".%s.%s" % (package, kind)
                continue
            entry = m.nested_type.add(name=field.title().replace("_", "") + "Entry")
            entry.options.map_entry = True
            for i, part in enumerate(("key", "value"), 1):
                entry.field.add(name=part, number=i, type=kinds["string"], label=fd.LABEL_OPTIONAL)
            fd.type_name = ".%s.%s.%s" % (package, name, entry.name)
    pool = descriptor_pool.DescriptorPool()
    pool.Add(f)
    get = getattr(message_factory, "GetMessageClass", None) or message_factory.MessageFactory(pool).GetPrototype
    return {m.name: get(pool.FindMessageTypeByName(package + "." + m.name)) for m in f.message_type}


class Pod:
    """A running Pod sandbox with one container that sleeps."""

    def __init__(self, cri, sandbox, container):
        self.cri, self.sandbox, self.container = cri, sandbox, container

    def exec(self, *command):
        """Runs a command in the container. Returns its exit status and its stdout."""
        answer = self.cri.call("ExecSync", container_id=self.container, cmd=command, timeout=20)
        return answer.exit_code, answer.stdout.decode()

    def ips(self):
        """The addresses that a kubelet would give the Pod, in the CRI's order."""
        network = self.cri.call("PodSandboxStatus", pod_sandbox_id=self.sandbox).status.network
        return [network.ip] + [more.ip for more in network.additional_ips]

    def result(self):
        """The CNI result as the runtime keeps it."""
        info = self.cri.call("PodSandboxStatus", pod_sandbox_id=self.sandbox, verbose=True).info
        return json.loads(info["info"])["cniResult"]

    def stop(self):
        self.cri.call("StopPodSandbox", pod_sandbox_id=self.sandbox)

    def remove(self):
        self.cri.call("RemovePodSandbox", pod_sandbox_id=self.sandbox)


class CRI:
    def __init__(self, socket, cgroup, timeout=60):
        self.messages, self.cgroup, self.timeout = message_classes(PROTO), cgroup, timeout
        # Without the authority, newer grpc sends the escaped socket path, which grpc-go refuses.
        self.channel = grpc.insecure_channel("unix:" + socket, options=[("grpc.default_authority", "localhost")])

    def call(self, method, service="RuntimeService", **fields):
        request, response = self.messages[method + "Request"], self.messages[method + "Response"]
        rpc = self.channel.unary_unary("/runtime.v1.%s/%s" % (service, method),
                                       request_serializer=request.SerializeToString, response_deserializer=response.FromString)
        return rpc(request(**fields), timeout=self.timeout)

    def run(self, name, namespace="default", annotations=None):
        """Runs a Pod with one container. Raises grpc.RpcError if the runtime refuses."""
        config = self.messages["PodSandboxConfig"](
            metadata=dict(name=name, uid=str(uuid.uuid4()), namespace=namespace), hostname=name,
            annotations=annotations or {},
            linux=dict(cgroup_parent=self.cgroup, security_context=dict(namespace_options=dict(pid=1))))
        sandbox = self.call("RunPodSandbox", config=config).pod_sandbox_id
        container = self.call("CreateContainer", pod_sandbox_id=sandbox, sandbox_config=config, config=dict(
            metadata=dict(name="main"), image=dict(image=IMAGE, user_specified_image=IMAGE), command=["/bin/sleep", "1000000"],
            linux=dict(security_context=dict(namespace_options=dict(pid=1), capabilities=dict(
                add_capabilities=["NET_RAW"]))))).container_id
        self.call("StartContainer", container_id=container)
        return Pod(self, sandbox, container)

    def sandboxes(self):
        return [pod.id for pod in self.call("ListPodSandbox").items]
