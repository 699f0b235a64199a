#pragma once

#include <cstdint>
#include <memory>

#include "host/base/clock.h"
#include "host/herder/standalone_herder.h"
#include "host/rest/server.h"
#include "tests/contract/fakes.h"

namespace tests {

// REST server and herder of the product over fake runners, in this process, on a free port.
class TestWorker {
public:
  explicit TestWorker(host::rest::Limits limits = {}, bool open = true);
  ~TestWorker();

  std::uint16_t port() const { return server->listeners().front().port; }
  void open();
  // Waits until the herder has nothing left to do: what it was told while it worked, such as
  // statuses, is seen by the next request.
  void settle();

  host::SystemClock clock;
  FixedCatalog catalog{file_connectors()};
  FakeOffsetStore offsets;
  FakeGroups groups;
  std::unique_ptr<host::rest::Server> server;
  std::unique_ptr<host::herder::StandaloneHerder> herder;
  std::unique_ptr<FakeSupervisor> supervisor;
};

} // namespace tests
