#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "host/base/fd.h"

// What host and template say to each other over a SOCK_SEQPACKET socketpair: one packet a request,
// one a reply. Both ends are the same program file, so the packets are plain structs.
namespace host::supervisor {

// Hidden first arguments; `maybe_run_template` knows them.
inline constexpr std::string_view kTemplateArgument = "--sluice-template";
inline constexpr std::string_view kRunnerArgument = "--sluice-runner";

// Where a started template or exec'ed runner finds its descriptors.
inline constexpr int kTemplateSocketFd = 3;
inline constexpr int kRunnerLinkFd = 3;
inline constexpr int kRunnerLogFd = 4;
inline constexpr int kRunnerPageFd = 5;

// How a template ends that warming up has left with threads; beside those of link/exit_code.h.
inline constexpr int kExitThreads = 122;

// What a runner process is to look like.
struct RunnerShape {
  std::int64_t data_limit_bytes = 0; // RLIMIT_DATA; 0: not set
  std::int32_t inherit_stdio = 0;    // 1: keeps the host's descriptors 0 and 1; else /dev/null
  std::int32_t reserved = 0;
  std::array<char, 112> title{}; // NUL-terminated; what ps shows after "sluice-runner "

  void set_title(std::string_view text);
};

struct ForkRequest {
  std::uint64_t id = 0;
  RunnerShape shape;
};

// Id of the reply that a template sends unasked once it has warmed up.
inline constexpr std::uint64_t kTemplateReady = 0;

struct ForkReply {
  std::uint64_t id = kTemplateReady;
  std::int32_t pid = 0;   // the runner's, or 0
  std::int32_t error = 0; // errno when there is no runner
};

// The host's ends belong to the caller, these go to the runner. Sent in this order.
struct ChildFds {
  UniqueFd link;
  UniqueFd log;
  UniqueFd error; // becomes descriptor 2
  UniqueFd page;
};
inline constexpr std::size_t kChildFdCount = 4;

// A packet, or why there is none: `closed` when the other end is gone, else an errno.
struct ReceiveResult {
  bool closed = false;
  int error = 0;
};

// The host's side, which never blocks. 0 or an errno.
int send_request(int socket, const ForkRequest &request, const ChildFds &fds);
ReceiveResult receive_reply(int socket, ForkReply &reply);

// The template's side, which waits.
ReceiveResult receive_request(int socket, ForkRequest &request, ChildFds &fds);
int send_reply(int socket, const ForkReply &reply);

} // namespace host::supervisor
