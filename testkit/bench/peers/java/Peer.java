// `Peer chronicle-queue FOLDER CALLS WARM_UP PACE_NS THREADS [kill]`: appends ready bytes to a Chronicle Queue, each call
// timed by itself, and prints what they took as one line of JSON; with `kill`, has itself killed with SIGKILL when the
// last call has returned. `Peer count FOLDER` prints how many a queue holds. Nothing is serialised: the bytes are those of
// an event that was written before.

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.concurrent.CyclicBarrier;

import net.openhft.chronicle.bytes.BytesStore;
import net.openhft.chronicle.queue.ChronicleQueue;
import net.openhft.chronicle.queue.ExcerptAppender;
import net.openhft.chronicle.queue.ExcerptTailer;
import net.openhft.chronicle.wire.DocumentContext;

public final class Peer {
    private static final String EVENT = "{\"@timestamp\":\"2026-01-02T03:04:05.678Z\",\"ecs\":{\"version\":\"9.4.0\"},"
        + "\"event\":{\"action\":\"execute\",\"duration\":1234567,\"id\":\"0190b6a4-5e0c-7cc2-a1b7-9d7b2f4f3c11\","
        + "\"outcome\":\"success\",\"provider\":\"actions\",\"sequence\":123456,\"start\":\"2026-01-02T03:04:05.678Z\"},"
        + "\"kibana\":{\"server_uuid\":\"5b2de169-2785-441b-ae8c-186a1936b17d\","
        + "\"saved_objects\":[{\"id\":\"d3b07384\",\"type\":\"action\"}]},\"message\":\"action executed\"}";

    public static void main(String[] arguments) throws Exception {
        Path folder = Path.of(arguments[1]);
        if (arguments[0].equals("count")) {
            System.out.println(count(folder));
            return;
        }
        int calls = Integer.parseInt(arguments[2]);
        int warmUp = Integer.parseInt(arguments[3]);
        long pace = Long.parseLong(arguments[4]);
        int threads = Integer.parseInt(arguments[5]);
        boolean isKilled = arguments.length > 6 && arguments[6].equals("kill");
        try (ChronicleQueue queue = ChronicleQueue.single(folder.resolve("queue").toString())) {
            time(queue, new long[warmUp], 0);
            long[][] times = new long[threads][calls];
            CyclicBarrier barrier = new CyclicBarrier(threads + 1);
            Thread[] running = new Thread[threads];
            for (int i = 0; i < threads; i++) {
                long[] own = times[i];
                running[i] = new Thread(() -> {
                    try {
                        barrier.await();
                    } catch (Exception error) {
                        throw new IllegalStateException(error);
                    }
                    time(queue, own, pace);
                });
                running[i].start();
            }
            barrier.await();
            long began = System.nanoTime();
            for (Thread thread : running) {
                thread.join();
            }
            long elapsed = System.nanoTime() - began;
            if (isKilled) {
                kill();
            }
            print(Arrays.stream(times).flatMapToLong(Arrays::stream).sorted().toArray(), elapsed);
        }
    }

    private static void time(ChronicleQueue queue, long[] times, long pace) {
        BytesStore<?, ?> event = BytesStore.wrap(EVENT.getBytes(StandardCharsets.UTF_8));
        try (ExcerptAppender appender = queue.createAppender()) {
            for (int i = 0; i < times.length; i++) {
                long began = System.nanoTime();
                appender.writeBytes(event);
                times[i] = System.nanoTime() - began;
                while (System.nanoTime() - began < pace) {
                    Thread.onSpinWait();
                }
            }
        }
    }

    private static void print(long[] times, long elapsed) {
        int last = times.length - 1;
        System.out.printf("{\"calls\":%d,\"p50\":%d,\"p99\":%d,\"p999\":%d,\"max\":%d,\"elapsed_ns\":%d}%n", times.length,
            times[(int) (last * 500L / 1000)], times[(int) (last * 990L / 1000)], times[(int) (last * 999L / 1000)],
            times[last], elapsed);
    }

    private static void kill() throws IOException, InterruptedException {
        new ProcessBuilder("kill", "-9", Long.toString(ProcessHandle.current().pid())).start().waitFor();
    }

    private static long count(Path folder) {
        long count = 0;
        try (ChronicleQueue queue = ChronicleQueue.single(folder.resolve("queue").toString());
                ExcerptTailer tailer = queue.createTailer()) {
            while (true) {
                try (DocumentContext context = tailer.readingDocument()) {
                    if (!context.isPresent()) {
                        return count;
                    }
                    count++;
                }
            }
        }
    }
}
