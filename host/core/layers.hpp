// Layers by name. What all share (host/core) is in `gateless`; each other layer has a namespace of its own and finds in it
// the names of those layers that it may use: the table of CONTRIBUTING.md, which tests/project holds against the includes.
#pragma once

namespace gateless {

namespace io {}
namespace compute {}
namespace preprocess {}
namespace annotate {}
namespace statistics {}
namespace report {}

namespace cuda {
using namespace compute;
}
namespace cluster {
using namespace compute;
}
namespace simulate {
using namespace io;
}
namespace stages {
using namespace io;
using namespace compute;
using namespace cluster;
using namespace preprocess;
using namespace annotate;
using namespace statistics;
}  // namespace stages
namespace files {
using namespace io;
using namespace preprocess;
using namespace annotate;
using namespace report;
using namespace stages;
}  // namespace files
namespace options {
using namespace compute;
}
/// The program sees all.
namespace app {
using namespace simulate;
using namespace files;
using namespace options;
}  // namespace app

}  // namespace gateless
