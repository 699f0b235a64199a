#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "host/base/clock.h"
#include "host/base/error.h"

struct ssl_ctx_st; // OpenSSL's SSL_CTX

namespace host::cluster {

// Another member of the group, and its REST API as its metadata has it.
struct TetheredWorker {
  std::string member_id;
  std::string url; // http://host:port/ or https://host:port/
  friend bool operator==(const TetheredWorker &, const TetheredWorker &) = default;
};

struct TetherTimes {
  Duration connect{3'000};
  Duration answer{3'000};
  Duration interval{10'000}; // between requests that keep the connection from being idle
  Duration pause{500};       // before a worker that cannot be reached is tried again
};

// Sets up a client's context for workers at https://; may be empty. The certificates that workers
// show are not checked: nothing is told to them or believed of them but that their port has closed.
using TetherTls = std::function<Status(ssl_ctx_st *)>;

// The leader's hold on the processes of the other workers (design 3): an open connection to each
// REST API. When one breaks and its port then refuses the next, the process is dead, and is told so
// once; long before its session ends. Silence, time-outs and unreachable hosts never count, nor
// does a worker that was never seen through this tether, is no Sluice (a Java worker stops its REST
// API while its tasks still run), or has said `Connection: close`. A worker that stops in order
// must leave the group before its REST port closes.
//
// Life: construct, start(), hold() as often as the leader knows more (with nobody when it leads no
// longer), stop(). A thread of its own, on which `on_dead` is called: post it and return.
class Tether {
public:
  explicit Tether(std::function<void(const std::string &member_id)> on_dead, TetherTls tls = {},
                  TetherTimes times = {});
  ~Tether();
  Tether(const Tether &) = delete;
  Tether &operator=(const Tether &) = delete;

  void start();
  void stop();

  // These and no others, from now on. Any thread.
  void hold(std::vector<TetheredWorker> workers);

private:
  class Core;
  std::unique_ptr<Core> core_;
};

} // namespace host::cluster
