#include "tests/runtime/warm/counting_sink.h"

#include <sluice/abi/plugin.h>

#include "host/plugin/tables.h"

namespace host::runtime::test {
namespace {

struct Sink {
  Window *window = nullptr;
  std::uint64_t taken = 0;
};

Sink g_sink; // create has no other way to find it

sluice_status create(const sluice_host *, sluice_ctx *, void **task, sluice_error *) {
  *task = &g_sink;
  return SLUICE_OK;
}

sluice_status put(void *self, const sluice_sink_batch *batch, sluice_error *) {
  auto &sink = *static_cast<Sink *>(self);
  for (std::size_t i = 0; i < batch->n_records; ++i) {
    const auto &record = *SLUICE_AT(sluice_sink_record, batch->records, batch->record_stride, i);
    sink.taken += record.value.raw.ptr != nullptr || record.value.n_cells > 0;
  }
  sink.window->passed(sink.taken);
  return SLUICE_OK;
}

} // namespace

std::shared_ptr<const plugin::Connector> counting_sink(std::uint32_t forms, Window &window) {
  g_sink = {&window, 0};
  plugin::Descriptor descriptor;
  descriptor.class_name = "test.CountingSink";
  descriptor.task_class_name = "test.CountingSinkTask";
  descriptor.kind = plugin::Kind::Sink;
  descriptor.forms = forms;
  plugin::Tables tables;
  tables.sink.create = create;
  tables.sink.destroy = [](void *) {};
  tables.sink.start = [](void *, const sluice_kv *, std::size_t, sluice_error *) {
    return sluice_status{SLUICE_OK};
  };
  tables.sink.open = [](void *, const sluice_tp *, std::size_t, sluice_error *) {
    return sluice_status{SLUICE_OK};
  };
  tables.sink.put = put;
  tables.sink.close = [](void *, const sluice_tp *, std::size_t, std::int32_t, sluice_error *) {
    return sluice_status{SLUICE_OK};
  };
  tables.sink.stop = [](void *, sluice_error *) { return sluice_status{SLUICE_OK}; };
  tables.sink.pre_commit = [](void *, sluice_tp *, std::size_t, sluice_error *) {
    return sluice_status{SLUICE_OK};
  };
  tables.sink.cancel = [](void *) {};
  return std::make_shared<plugin::Connector>(descriptor,
                                             std::make_unique<const plugin::Tables>(tables));
}

} // namespace host::runtime::test
