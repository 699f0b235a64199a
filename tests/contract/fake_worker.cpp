// A worker whose runners are a fake: REST, herder and validation are the product's. Listens on a
// free port of the loopback, prints it, and serves until its standard input ends.
#include <cstdio>
#include <filesystem>
#include <string>

#include "host/herder/standalone_herder.h"
#include "host/rest/server.h"
#include "tests/contract/fakes.h"

namespace {

// What has been read of a connector's file, as far as a test can tell: all of it.
class FileOffsets final : public host::storage::OffsetStore {
public:
  const host::herder::Herder *herder = nullptr;

  void start(OnWritten on_ready) override { on_ready({}); }
  void stop() override {}
  void write(std::vector<host::OffsetRecord>, OnWritten done) override { done({}); }
  void read(std::vector<std::string> keys, OnRead done) override {
    done(std::vector<std::optional<std::string>>(keys.size()));
  }
  void list(const std::string &connector, OnListed done) override {
    std::vector<host::OffsetRecord> records;
    const auto view = herder->snapshot()->find(connector);
    const std::string file = view == nullptr ? "" : view->config.get("file");
    std::error_code error;
    const auto size = std::filesystem::file_size(file, error);
    if (!error && size > 0)
      records.push_back({"[\"" + connector + "\",{\"filename\":\"" + file + "\"}]",
                         "{\"position\":" + std::to_string(size) + "}"});
    done(std::move(records));
  }
  std::string waiting_for() const override { return {}; }
};

} // namespace

int main(int argc, char **argv) {
  using namespace host;
  const SystemClock clock;
  rest::ServerOptions options;
  options.listeners = {
      {"127.0.0.1", static_cast<std::uint16_t>(argc > 1 ? std::stoi(argv[1]) : 0)}};
  options.info.sluice_version = "0.1.0";
  auto server = rest::Server::bind(std::move(options), clock);
  if (!server) {
    std::fprintf(stderr, "%s\n", server.error().message().c_str());
    return 2;
  }
  tests::FixedCatalog catalog(tests::file_connectors());
  FileOffsets offsets;
  tests::FakeGroups groups;
  groups.offsets["connect-sink"] = {{{{"rest-initial", 0}, Offset(2)}}};
  herder::WorkerOptions herder_options;
  herder_options.worker_id = rest::worker_id({}, (*server)->listeners().front());
  herder::StandaloneHerder herder(std::move(herder_options), catalog, offsets, groups.calls(),
                                  clock);
  offsets.herder = &herder;
  tests::FakeSupervisor supervisor(herder);
  herder.start(supervisor);
  (*server)->start(herder);
  herder.open("c2x1aWNlLXRlc3RiZW5jaA", {}, [](const Status &) {});

  std::printf("%d\n", (*server)->listeners().front().port);
  std::fflush(stdout);
  while (std::getchar() != EOF)
    ;
  (*server)->stop();
  herder.stop();
  return 0;
}
