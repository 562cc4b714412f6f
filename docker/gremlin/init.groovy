[g: traversal().withEmbedded(graph), journeyhub: traversal().withEmbedded(graph)]
