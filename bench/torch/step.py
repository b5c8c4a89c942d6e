"""The PyTorch side of the engine benchmark: training steps of one network on request, in a process that stays.

JSON lines on stdin {"minMs": t} are answered on stdout with {"ms": mean time of a step over at least t ms, "peakMiB": the
process's greatest resident memory so far, null where the system does not tell}. The first line out is {"torch": version,
"parameters": count, "idleMiB": resident memory before the network was made}, or {"error": sentence}. A step is what Mien's
is: forward, cross-entropy with label distributions, backward, SGD with momentum; the batch stays in memory.
Usage: step.py THREADS NETWORK BATCH
"""
import json
import sys
import time


def say(message):
    print(json.dumps(message), flush=True)


try:
    import torch
    import torch.nn.functional as F
    from networks import CLASSES, NETWORKS
except ImportError as failure:
    say({"error": str(failure)})
    sys.exit()


def memory(field):
    """VmRSS or VmHWM (the peak) of this process in MiB; Linux only."""
    try:
        with open("/proc/self/status") as status:
            return next(int(line.split()[1]) / 1024 for line in status if line.startswith(field))
    except OSError:
        return None


def stepper(net, shape, batch):
    optimizer = torch.optim.SGD(net.parameters(), lr=0.001, momentum=0.9)
    x = torch.randn(batch, *shape)
    target = F.one_hot(torch.arange(batch) % CLASSES, CLASSES).float()

    def step():
        optimizer.zero_grad(set_to_none=True)
        loss = -(target * F.log_softmax(net(x), dim=1)).sum(1).mean()
        loss.backward()
        optimizer.step()
        return loss.item()

    return step


def main(threads, name, batch):
    idle = memory("VmRSS")
    torch.set_num_threads(threads)
    torch.manual_seed(1)
    make, shape = NETWORKS[name]
    net = make()
    step = stepper(net, shape, batch)
    say({"torch": torch.__version__, "parameters": sum(p.numel() for p in net.parameters()), "idleMiB": idle})
    for line in sys.stdin:
        request, runs, start = json.loads(line), 0, time.perf_counter()
        while True:
            step()
            runs += 1
            elapsed = (time.perf_counter() - start) * 1000
            if elapsed >= request["minMs"]:
                break
        say({"ms": elapsed / runs, "peakMiB": memory("VmHWM")})


main(int(sys.argv[1]), sys.argv[2], int(sys.argv[3]))
