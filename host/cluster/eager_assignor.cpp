#include "host/cluster/assignor.h"
#include "host/cluster/load.h"

namespace host::cluster {

Decision assign_eagerly(const Round &round) {
  std::vector<Load> loads;
  for (const auto &[id, work] : round.members)
    loads.emplace_back(id);
  std::size_t next = 0; // goes on from the connectors to the tasks
  const auto items = sorted_items(round.configured);
  for (const Load::Kind kind : Load::kKinds)
    for (const TaskId &item : items)
      if (Load::kind_of(item) == kind)
        loads[next++ % loads.size()].add(item);
  Decision decision;
  for (const Load &load : loads)
    decision.members[load.id()] = {.assigned = load.work(), .revoked = {}, .all = load.work()};
  return decision;
}

} // namespace host::cluster
