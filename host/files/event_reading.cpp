#include "host/files/event_reading.hpp"

#include "host/core/layers.hpp"
#include "io/event_file.hpp"
#include "io/file_state.hpp"
#include "io/sha256.hpp"

namespace gateless::files {

FileEvents read_sample(const Sample& sample) {
  const UnchangedFile file(sample.path);
  FileDigest digest;
  FileEvents events{
      .raw = read_event_file(sample.path, &digest), .sha256 = "", .bytes = file.bytes()};
  events.sha256 = digest.finish(sample.path);
  file.check();
  return events;
}

}  // namespace gateless::files
