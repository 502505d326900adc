/**
 * Official builds of ONNX Runtime for Linux and macOS report their use to Microsoft, from the moment that their library is loaded
 * (https://github.com/microsoft/onnxruntime/pull/27379). Nothing leaves this computer unasked: this turns it off. It has to be
 * imported by the first thread of a process, because the library reads the real environment, of which other threads have a copy.
 */
process.env['ORT_DISABLE_TELEMETRY'] = '1';
