#include "tests/contract/test_worker.h"

#include <future>

#include <gtest/gtest.h>

namespace tests {

using namespace host;

TestWorker::TestWorker(rest::Limits limits, bool open_now) {
  rest::ServerOptions options;
  options.listeners = {{"127.0.0.1", 0}};
  options.info.sluice_version = "0.1.0";
  options.limits = limits;
  options.metrics = [](const auto &done) { done("a_metric 1"); };
  auto bound = rest::Server::bind(std::move(options), clock);
  if (!bound)
    throw std::runtime_error(bound.error().message());
  server = *std::move(bound);
  groups.offsets["connect-c"] = {{{{"connect-c-topic", 1}, Offset(7)}}};
  herder::WorkerOptions herder_options;
  herder_options.worker_id = "worker:8083";
  herder_options.waiting_for = [] { return std::string("Kafka at broker:9092"); };
  herder = std::make_unique<herder::StandaloneHerder>(std::move(herder_options), catalog, offsets,
                                                      groups.calls(), clock);
  supervisor = std::make_unique<FakeSupervisor>(*herder);
  herder->start(*supervisor);
  server->start(*herder);
  if (open_now)
    open();
}

void TestWorker::open() {
  std::promise<void> opened;
  herder->open("cluster", {}, [&](const Status &) { opened.set_value(); });
  opened.get_future().wait();
}

void TestWorker::settle() {
  // The fake answers at once, so each step of a sequence is one message behind the last; no
  // sequence has more steps than this.
  constexpr int kSteps = 16;
  for (int i = 0; i < kSteps; ++i) {
    std::promise<void> ponged;
    herder->ping([&](const Status &) { ponged.set_value(); });
    ponged.get_future().wait();
  }
}

TestWorker::~TestWorker() {
  server->stop();
  herder->stop();
}

} // namespace tests
