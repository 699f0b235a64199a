#include "harm.h"
#include "sluice/sluice.hpp"

// A good sink, in a shared object that does harm as soon as it is loaded.
namespace {

const struct AtLoad {
  AtLoad() { badplugins::do_harm(HARM, nullptr, nullptr); }
} kAtLoad;

class DroppingSink {
public:
  explicit DroppingSink(const sluice::sink_context &) {}
  void start(const sluice::config &) {}
  void put(const sluice::sink_batch &) {}
};

} // namespace

SLUICE_PLUGIN("static-init-" HARM, "1.0",
              sluice::sink_connector<DroppingSink>(
                  {.class_name = "sluice.test.StaticInit_" HARM "_SinkConnector",
                   .version = "1.0",
                   .summary = "Does harm in a static initialiser: " HARM,
                   .keys = &sluice::keys<>}));
