import java.util.List;

import org.codelibs.opensearch.runner.OpenSearchRunner;

/**
 * Starts one OpenSearch node, and closes it when the process is asked to end.
 *
 * <p>The runner has a main class of its own, but the node that it starts takes no part in ingestion, so that an index
 * with a default pipeline refuses every document; it moves to another port when the one asked for is taken; and nodes of a
 * cluster that has a process for each would all have one name and look for no others.
 */
public final class OpenSearchNode {
    private OpenSearchNode() {}

    /** Takes the arguments of the runner. */
    public static void main(String[] arguments) throws InterruptedException {
        OpenSearchRunner runner = new OpenSearchRunner();
        runner.setMaxHttpPort(-1); // No limit, and no search for a free port.
        runner.onBuild((number, settings) -> settings
                .put("node.name", System.getProperty("node.name"))
                .put("discovery.type", System.getProperty("discovery.type"))
                .putList("node.roles", List.of("cluster_manager", "data", "ingest")));
        Runtime.getRuntime().addShutdownHook(new Thread(() -> close(runner)));
        runner.build(arguments);
        Thread.currentThread().join();
    }

    private static void close(OpenSearchRunner runner) {
        try {
            runner.close();
        } catch (java.io.IOException exception) {
            System.err.println("The node did not close: " + exception.getMessage());
        }
    }
}
