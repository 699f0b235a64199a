#include <sluice/sluice.hpp>

namespace {

class PackageSink {
public:
  explicit PackageSink(const sluice::sink_context &) {}
  void start(const sluice::config &) {}
  void put(const sluice::sink_batch &) {}
};

} // namespace

SLUICE_PLUGIN("package-sink", "1.0",
              sluice::sink_connector<PackageSink>({.class_name = "example.PackageSinkConnector",
                                                   .version = "1.0",
                                                   .summary = "Built out of tree",
                                                   .keys = &sluice::keys<>}));
